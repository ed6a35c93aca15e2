"""A pipeline over fakes that keeps account of missed symbols, and releases crashes."""

from dataclasses import replace

from moonwalk.domain.misses import News, ReleaseRules
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.symbol_needs import need_of
from moonwalk.domain.symbol_places import LoadedModule
from moonwalk.domain.symbols import FINE, PackFacts, StoredPack, SymbolKey, symbol_key
from moonwalk.domain.touched_modules import Symbols, TouchedModule
from moonwalk.usecases.record_misses import RecordMisses
from moonwalk.usecases.release import Release
from tests.fakes import FakeSymbolStore, walked
from tests.fakes.misses import FakeArrivals, FakeMissedModules, FakeMisses
from tests.unit.usecases.world import World

AFTER = 70.0
MOST = 4


def module(number: int) -> LoadedModule:
    return LoadedModule(f"lib{number}.so", f"{number:033X}", f"/lib/lib{number}.so", "ab")


def key(number: int = 1) -> SymbolKey:
    return symbol_key(module(number).debug_file, module(number).debug_id)


def touched(
    number: int = 1, symbols: Symbols = Symbols.MISSING, *, crashing: bool = True
) -> TouchedModule:
    return TouchedModule(module(number), symbols, "", on_stack=True, crashing=crashing)


class Recording(World):
    """A pipeline that keeps account of misses, and releases crashes."""

    def __init__(self) -> None:
        super().__init__()
        self.packs, self.misses, self.arrivals = FakeSymbolStore(), FakeMisses(), FakeArrivals()
        self.modules = FakeMissedModules(self.clock)
        self.touched: list[TouchedModule] = [touched()]
        self.walker.result = lambda _content: self._result()
        self.keep_account()
        self.release = Release(
            misses=self.misses,
            arrivals=self.arrivals,
            reprocessing=self.requests,
            clock=self.clock,
            metrics=self.metrics,
            rules=ReleaseRules(per_module=10, days=14),
            per_round=lambda: 10,
            seconds=35,
        )

    def keep_account(self, *, all_stacks: bool = False) -> None:
        record = RecordMisses(
            scope="default",
            misses=self.misses,
            modules=self.modules,
            arrivals=self.arrivals,
            store=self.packs,
            clock=self.clock,
            metrics=self.metrics,
            most=MOST,
            after=AFTER,
            all_stacks=all_stacks,
        )
        self.process = replace(
            self.process, record_misses={"default": record}, all_stacks=all_stacks
        )
        self.workflows.answer = self.process

    def pack(self, number: int = 1, verdict: str = FINE, origin: str = "") -> None:
        facts = PackFacts("sha", 10, verdict)
        stored = StoredPack("etag", facts, "", "", "", 1, origin)
        self.packs.packs[key(number)] = stored, b"pack"

    def came(self, number: int = 1) -> None:
        """As a packer does: the pack first, then the news."""
        self.pack(number)
        self.arrivals.tell(key(number), News.PACKED, self.clock.now() + AFTER)

    def next_round(self) -> int:
        self.clock.advance(2 * AFTER)
        return self.release()

    @property
    def missed(self) -> list[SymbolKey]:
        return [miss.key for miss in self.misses.items.values()]

    def _result(self) -> WalkResult:
        packed = [
            replace(one, symbols=Symbols.PACK) if self._has_pack(one) else one
            for one in self.touched
        ]
        return replace(walked(), modules=tuple(packed))

    def _has_pack(self, one: TouchedModule) -> bool:
        need = need_of(one.module, "default")
        return need is not None and need.key in self.packs.packs
