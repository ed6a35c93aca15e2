"""The knobs of a deployment, for who looks at them and turns them."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from cli.exits import Negative, Unreachable, UsageError
from cli.plain import plain
from cli.reachable import Reachable
from moonwalk.adapters.knob_versions import SsmKnobStore
from moonwalk.contracts.knobs import BadDocumentError, read_panel
from moonwalk.domain.knob_turns import Turn, Turns
from moonwalk.domain.knobs import BadKnobError, Knob, Panel, Value
from moonwalk.usecases.turn_knob import TurnKnob, read

WORDS = {True: "on", False: "off"}
_BROKEN = "look at it with `aws ssm get-parameter-history`, write a good version back, or delete it"


@dataclass(frozen=True)
class Standing:
    """One knob, how it stands, and its last turn if it was ever turned.

    Attributes:
        value: None where it is refused: who saw an earlier one goes by that.
        refused: why what it was turned to does not count; None where it does.
    """

    knob: Knob
    value: Value | None
    turn: Turn | None
    refused: str | None

    @property
    def is_turned(self) -> bool:
        """Whether it stands where somebody has turned it, and not as the settings say."""
        return self.turn is not None and self.turn.value is not None and self.refused is None


class KnobBoard:
    """The knobs of one deployment."""

    def __init__(self, at: Reachable) -> None:
        """Take the deployment; nothing is asked yet.

        Raises:
            Unreachable: when it has no knobs.
        """
        if not at.knobs or not at.knob_panel:
            raise Unreachable(f"{at.name} has no knobs", "deploy this version of Moonwalk")
        self.at = at
        self._ssm = at.client("ssm")
        self._store = SsmKnobStore(self._ssm, at.knobs)

    @property
    def panel(self) -> Panel:
        """Which knobs it has, as its last deployment told."""
        found = self._ssm.get_parameter(Name=self.at.knob_panel)["Parameter"]["Value"]
        with self._readable():
            return read_panel(found)

    def all(self) -> Iterator[Standing]:
        """Tell how every knob stands, those too that are turned and no longer there."""
        panel, turns = self.panel, self._turns()
        good, refused = panel.sift(turns.values)
        for knob in panel:
            why = refused.get(knob.name)
            value = None if why else good.get(knob.name, knob.default)
            yield Standing(knob, value, turns.of.get(knob.name), why)
        here = {knob.name for knob in panel}
        for name, turn in turns.of.items():
            if name not in here:
                yield _left(name, turn, refused.get(name))

    def one(self, name: str) -> Standing:
        """Tell how one knob stands.

        Raises:
            UsageError: when there is none of that name.
        """
        for standing in self.all():
            if standing.knob.name == name:
                return standing
        raise self._unknown(name)

    def value(self, name: str, text: str) -> Value:
        """Read a value that was typed, and check it.

        Raises:
            UsageError: when the knob is not there, or cannot be turned so far.
        """
        try:
            return self.panel.knob(name).check(_typed(text))
        except BadKnobError as error:
            raise UsageError(
                plain(error), "`moonwalk knob ls` shows all knobs and bounds"
            ) from error

    def turn(self, name: str, value: Value | None, why: str) -> Standing:
        """Turn a knob, whose value has been checked, in the name of who has the credentials."""
        self.one(name)
        turn = TurnKnob(self._store, lambda: round(time.time() * 1000))
        with self._readable():
            turn(name, value, by=self._caller(), why=why)
        return self.one(name)

    def _turns(self) -> Turns:
        with self._readable():
            return read(self._store.latest())

    def _caller(self) -> str:
        """Give the part of the caller's ARN that names a person or role; SSM keeps the whole."""
        try:
            arn = str(self.at.client("sts").get_caller_identity()["Arn"])
        except ClientError:
            return ""
        return arn.rpartition(":")[2]

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except BadDocumentError as error:
            raise Negative(f"the parameter {self.at.knobs} is damaged: {error}", _BROKEN) from error

    def _unknown(self, name: str) -> UsageError:
        known = ", ".join(knob.name for knob in self.panel)
        return UsageError(f"there is no knob {plain(name)}", f"there are {known}")


def shown(value: Value | None) -> str:
    """Give a value as it is typed."""
    if value is None:
        return "default"
    return WORDS[value] if isinstance(value, bool) else str(value)


def _left(name: str, turn: Turn, refused: str | None) -> Standing:
    """Show what is left in the document of a knob that the deployment no longer has."""
    gone = Knob(name, default=False, range=None, meaning="this deployment has no such knob")
    return Standing(gone, None, turn, refused)


def _typed(text: str) -> Value | str:
    """Read a switch or a number; anything else stays a text, which no knob takes."""
    for value, word in WORDS.items():
        if text.lower() == word:
            return value
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text
