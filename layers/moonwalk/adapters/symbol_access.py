"""How one walk gets at symbols: folders that it reads itself, or a connection to the broker."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from moonwalk.adapters.broker import Broker
from moonwalk.domain.symbols import DEFAULT_SCOPE
from moonwalk.domain.walk_cost import BrokerCost


@dataclass(frozen=True, slots=True)
class Access:
    """What a stackwalker is started with.

    Attributes:
        flags: of its command line.
        descriptors: that it inherits, under the numbers that the flags name.
    """

    flags: Sequence[str] = ()
    descriptors: Sequence[int] = ()

    def cost(self) -> BrokerCost | None:
        """Tell, once, what the broker did for the walk; None where there is none."""
        return None


class Symbols(Protocol):
    """Symbols for walks."""

    def opened(self, scope: str, *, anew: bool = False) -> AbstractContextManager[Access]:
        """Give the access of one walk, which ends with the context.

        Args:
            scope: whose symbols the walk sees.
            anew: whether packs that were not there before are looked for again.

        Raises:
            RetryLater: when there is none now.
        """


@dataclass(frozen=True, slots=True)
class SymbolFolders:
    """Folders on this machine, each kind in the order in which it is looked at; packs come first.

    Attributes:
        packs: folders of packs.
        texts: folders of Breakpad symbol files.
    """

    packs: tuple[Path, ...] = ()
    texts: tuple[Path, ...] = ()

    @property
    def flags(self) -> list[str]:
        """Tell the stackwalker."""
        packs = [f"--packs={folder.resolve()}" for folder in self.packs]
        return packs + [f"--symbols-path={folder.resolve()}" for folder in self.texts]

    @contextmanager
    def opened(self, scope: str, *, anew: bool = False) -> Iterator[Access]:  # noqa: ARG002 - always so
        """Give the folders; every walk gets the same, and looks into them itself."""
        yield Access(self.flags)


NO_SYMBOLS = SymbolFolders()


@dataclass(frozen=True, slots=True)
class _Brokered(Access):
    broker: Broker | None = None
    walk: str = ""

    def cost(self) -> BrokerCost | None:
        """Ask the broker, which forgets it then."""
        return self.broker.cost(self.walk) if self.broker else None


@dataclass(frozen=True, slots=True)
class BrokeredSymbols:
    """What the broker finds in the sources of a walk's scope.

    Attributes:
        texts: folders of Breakpad symbol files, for modules of which no source has a pack. They
            are of scope `default`; walks of others do not see them.
    """

    broker: Broker
    texts: tuple[Path, ...] = ()

    @contextmanager
    def opened(self, scope: str, *, anew: bool = False) -> Iterator[Access]:
        """Open a connection of this walk's own."""
        walk = uuid.uuid4().hex
        with self.broker.connect(walk, scope, anew=anew) as connection:
            number = connection.fileno()
            texts = self.texts if scope == DEFAULT_SCOPE else ()
            flags = [f"--broker-fd={number}", *SymbolFolders(texts=texts).flags]
            yield _Brokered(flags, (number,), self.broker, walk)
