"""How the slots of a worker are shared out among the classes of crashes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from moonwalk.domain.request import QueueClass


@dataclass(frozen=True, slots=True)
class Slots:
    """A cap for each class, which holds for it and all classes below it together.

    So what a class may not have is kept for those above it, however much of the others waits.

    Attributes:
        caps: by class; that of priority is the number of slots.
    """

    caps: Mapping[QueueClass, int]

    @property
    def total(self) -> int:
        """How many crashes are worked on at the same time, at most."""
        return self.caps[QueueClass.PRIORITY]

    def of_total(self, total: int) -> "Slots":
        """Share out another number of slots: as many are kept for higher classes.

        The last one is not kept from anybody, or a class would be worked on nowhere.
        """
        fewer = self.total - total
        return Slots({queue: max(1, cap - fewer) for queue, cap in self.caps.items()})

    def open_to(self, in_hand: Iterable[QueueClass]) -> tuple[QueueClass, ...]:
        """Give the classes of which one more crash may be taken, the first one first.

        Args:
            in_hand: the classes of the crashes that are worked on.
        """
        order, held = list(QueueClass), list(in_hand)
        found: list[QueueClass] = []
        for rank, queue in enumerate(order):
            if sum(order.index(each) >= rank for each in held) >= self.caps[queue]:
                break
            found.append(queue)
        return tuple(found)


def all_open(classes: Collection[QueueClass]) -> bool:
    """Tell whether no class lacks a slot: else one that comes free changes what may be taken."""
    return len(classes) == len(QueueClass)
