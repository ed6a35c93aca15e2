"""The knobs as functions and workers read them: one parameter, looked at twice a minute at most.

Nothing stops because of it. What cannot be reached or read leaves the knobs as they stood last, and
a value that this deployment does not take leaves its knob so. It is told by log and metric each
time.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code
from moonwalk.contracts.knobs import NOTHING, BadDocumentError, read_turns
from moonwalk.domain.knob_turns import Turns
from moonwalk.domain.knobs import Panel, Positions
from moonwalk.metrics import Metric
from moonwalk.ports import Clock, Metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

MAX_AGE_SECONDS = 30
"""Half of the minute within which a turned knob is live."""
_ABSENT = "ParameterNotFound"
_LOG = logging.getLogger(__name__)


class ParameterKnobs:
    """`Knobs` that are kept in a parameter. Safe to use from several threads.

    Our own clock says when to look again, and that a parameter which is not there is remembered
    as well: powertools remembers only what it has found.
    """

    def __init__(  # noqa: PLR0913 - what it looks at, with what, and how often
        self,
        name: str,
        panel: Panel,
        clock: Clock,
        metrics: Metrics,
        provider: Callable[[], "SSMProvider"],
        *,
        max_age: float = MAX_AGE_SECONDS,
    ) -> None:
        """Take what is looked at; the provider is made when that is first done.

        Args:
            name: the parameter's.
            panel: which knobs there are.
            clock: tells when to look again.
            metrics: where trouble is counted.
            provider: makes the reader of parameters.
            max_age: seconds for which what was read is good; 0: every time is a new look.
        """
        self._name = name
        self._clock = clock
        self._metrics = metrics
        self._make = provider
        self._provider: SSMProvider | None = None
        self._panel = panel
        self._max_age = max_age
        self._positions = Positions(panel, known=False)
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def now(self) -> Positions:
        """Tell how they stand; one thread looks again, and the others take what was."""
        first = self._looked_at == float("-inf")
        if not self._is_due() or not self._lock.acquire(blocking=first):
            return self._positions
        try:
            if self._is_due():
                # What is read is as old as the question, however long the answer takes.
                asked_at = self._clock.now()
                self._look()
                self._looked_at = asked_at
        finally:
            self._lock.release()
        return self._positions

    def _is_due(self) -> bool:
        # A clock that was set back must not make what was read last for hours.
        age = self._clock.now() - self._looked_at
        return not 0 <= age < self._max_age

    def _look(self) -> None:
        try:
            turns = self._read()
        except GetParameterError as error:
            self._trouble("unreachable", str(error))
        except BadDocumentError as error:
            self._trouble("unreadable", str(error))
        else:
            good, refused = self._panel.sift(turns.values)
            for why in refused.values():
                self._trouble("refused", why)
            stood = self._positions.turned
            kept = {name: stood[name] for name in refused if name in stood}
            self._positions = Positions(self._panel, good | kept, refused=frozenset(refused))

    def _read(self) -> Turns:
        if self._provider is None:
            self._provider = self._make()
        try:
            text = self._provider.get(self._name, max_age=MAX_AGE_SECONDS, force_fetch=True)
        except GetParameterError as error:
            cause = error.__context__
            if isinstance(cause, ClientError) and error_code(cause) == _ABSENT:
                return NOTHING
            raise
        return read_turns(str(text))

    def _trouble(self, why: str, detail: str) -> None:
        self._metrics.add(Metric.KNOBS_TROUBLE, why=why)
        _LOG.error("knobs of %s: %s: %s", self._name, why, detail[:500])
