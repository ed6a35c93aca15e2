"""The rule for the probabilistic heap checker, which catches uses of freed memory."""

from typing import Any, ClassVar

from moonwalk.rules.reading import unusable
from moonwalk.rules.rule import Crash, Found, Rule

KIND, ADDRESS, SIZE = "PHCKind", "PHCBaseAddress", "PHCUsableSize"
TEXTS = (
    ("phc_kind", KIND),
    ("phc_alloc_stack", "PHCAllocStack"),
    ("phc_free_stack", "PHCFreeStack"),
)


class PHCRule(Rule):
    """Says what the checker knows of the memory that was touched; all protected (26).

    A number that is none is left out. F4: what is of an unusable type has a note as well.
    """

    annotations: ClassVar[tuple[str, ...]] = (ADDRESS, SIZE, *(source for _, source in TEXTS))
    writes: ClassVar[tuple[str, ...]] = (
        "phc_base_address",
        "phc_usable_size",
        *(name for name, _ in TEXTS),
    )

    def applies(self, crash: Crash) -> bool:
        """Say whether the checker had anything to do with the crash."""
        return crash.raw.get(KIND) is not None

    def act(self, crash: Crash) -> Found:
        """Give what is annotated."""
        fields: dict[str, Any] = {}
        notes: list[str] = []
        for name, annotation in TEXTS:
            said = crash.raw.get(annotation)
            if isinstance(said, str):
                fields[name] = said
            elif said is not None:
                notes.append(unusable(annotation))
        address, size = _number(crash, ADDRESS, notes), _number(crash, SIZE, notes)
        if address is not None:
            fields["phc_base_address"] = hex(address)
        if size is not None:
            fields["phc_usable_size"] = size
        return Found(fields=fields, notes=tuple(notes))


def _number(crash: Crash, annotation: str, notes: list[str]) -> int | None:
    said = crash.raw.get(annotation)
    if said is None:
        return None
    try:
        return int(said)
    except ValueError:
        return None
    except (TypeError, OverflowError):
        notes.append(unusable(annotation))
        return None
