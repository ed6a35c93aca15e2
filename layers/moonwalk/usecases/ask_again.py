"""Asks for symbols that nobody asks for at the moment: what is awaited, and what is missed most.

A need is given up after its last try, and a source's answer is forgotten after a while. Crashes
that wait for these symbols ask no more, so this does, on a schedule, until they have come or no
source has them. And it has the modules that most crashes missed packed before the next one comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moonwalk.domain.misses import News
from moonwalk.domain.symbol_needs import Need
from moonwalk.miss_ports import Arrivals, MissedModules
from moonwalk.ports import Clock
from moonwalk.usecases.symbol_standing import AskOnce, Standing, Stands

MOST_AWAITED = 2000
"""Modules that one round looks at for those who wait."""
PRE_PACK_DAYS = 2
"""Today and yesterday: today alone is empty after midnight."""
_LOOKED_AT = 5
"""Times as many counts as modules that are asked for: what has come since was counted, too."""
_NEWS = {Stands.HERE: News.PACKED, Stands.MISSING: News.ABSENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """Asks, a round at a time.

    Attributes:
        ask: how the symbols of each scope with sources stand, and asking for them.
        pre_pack: the scopes of which modules are packed before they are asked for.
        pre_packed: how many modules.
        after: seconds after which crashes that waited for what has news may go.
        seconds: after which a round begins nothing new.
    """

    ask: Mapping[str, AskOnce]
    modules: MissedModules
    arrivals: Arrivals
    clock: Clock
    pre_pack: frozenset[str]
    pre_packed: int
    after: float
    seconds: float

    def __call__(self) -> int:
        """Do one round; say how many modules were looked at.

        Raises:
            RetryLater: when the world fails; the next round begins anew.
        """
        until = self.clock.now() + self.seconds
        awaited = self.modules.awaited(MOST_AWAITED)
        looked = 0
        for need in awaited:
            if self.clock.now() < until:
                self._look_after(need)
                looked += 1
        return looked + self._pre_pack(until)

    def _look_after(self, need: Need) -> None:
        """Tell those who wait that symbols have come, or that they will not; else ask for them."""
        ask = self.ask.get(need.key.scope)
        standing = (ask.packed(need.key) or ask(need)) if ask else Standing(Stands.MISSING)
        news = _NEWS.get(standing.stands)
        if news:
            self.arrivals.tell(need.key, news, self.clock.now() + self.after)
            self.modules.no_longer_awaited(need.key)

    def _pre_pack(self, until: float) -> int:
        """Ask for what is missed most and is not there, as far as it may be."""
        if not self.pre_pack:
            return 0
        listed = self.modules.most(PRE_PACK_DAYS).modules
        asked = 0
        for missed in listed[: self.pre_packed * _LOOKED_AT]:
            ask = self.ask.get(missed.need.key.scope)
            if asked == self.pre_packed or self.clock.now() >= until:
                break
            if ask and ask.scope in self.pre_pack:
                asked += ask(missed.need).stands is not Stands.HERE
        return asked
