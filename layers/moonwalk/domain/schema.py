"""The schema of a kind of document: which fields there are, of which types, and who may see them.

A schema is data: a table with a row for each place in the document. It is a validator (does a
value fit?) and a filter (what of a document is public?). Types are JSON's own and exact: an
integer is no number, a number no integer, and neither a boolean.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLIC = "public"
ANY_KEY = re.compile(r"^.+$")
"""What a key must match that the table names by a `<WORD>` only."""
MISFIT = "does not fit the schema"

_STEP = re.compile(r"\.|(?=\[\])")
_KINDS: Mapping[type, str] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}
_TYPES = ("any", *_KINDS.values())
_READABLE = frozenset({"boolean", "string", "integer", "number", "object"})
_DEFAULTS = {"": None, "true": True, "false": False}
_ITEM, _ANY = "[]", "<>"
"""What the place of an array's elements, and that of keys of any name, is kept under."""


class MisfitError(ValueError):
    """A value is of a type that its place does not take; the text quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a document.

    Attributes:
        types: JSON types that its values may have; `any` takes all.
        public: whether everybody may see it.
        sources: annotations that its value may come from; the first one that is there counts.
        default: its value where that annotation is absent; None for none.
        keys: the places below it by key, where it is an object.
        below: the place of all other keys, and that of the elements of an array.
    """

    types: tuple[str, ...]
    public: bool
    sources: tuple[str, ...] = ()
    default: bool | None = None
    keys: dict[str, "Place"] = field(default_factory=dict)
    below: dict[str, "Place"] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The first type that is not null: what an annotation is turned into."""
        return next((kind for kind in self.types if kind != "null"), "null")

    @property
    def items(self) -> "Place | None":
        """The place of an array's elements."""
        return self.below.get(_ITEM)

    def at(self, key: str) -> "Place | None":
        """Give the place of a key, or None for one that the schema does not know."""
        if key in self.keys:
            return self.keys[key]
        return self.below.get(_ANY) if ANY_KEY.match(key) else None


@dataclass(frozen=True, slots=True)
class Schema:
    """The places of a document by the names at its top level, in the table's order."""

    places: Mapping[str, Place]

    @classmethod
    def read(cls, lines: Iterable[str]) -> "Schema":
        """Read a table: tab-separated `path`, `type`, `permission`, `source_annotation`, `default`.

        A path's `[]` stands for an array's elements, `<WORD>` for keys of any name. Types are
        joined by `/`, and so are annotations where a field has several; a permission that is not
        `public` is protected.

        Raises:
            ValueError: for a row whose parent has none, that is there twice, or whose type or
                default is not known.
        """
        root = Place(types=("object",), public=True)
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            _add(root, row)
        return cls(root.keys)

    def fits(self, name: str, value: object) -> bool:
        """Say whether a value may stand under a top-level name, by types, at every depth."""
        place = self.places.get(name)
        return place is not None and _fits(place, value)

    def public(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Give what of a document everybody may see; what the schema does not know is not.

        What does not fit is left out with the innermost key that it stands under, so that no odd
        value costs the others. Never with a single element of an array: the places of the others
        have a meaning, a thread's its number.
        """
        ordered = {name: document[name] for name in self.places if name in document}
        return _public_keys(self.places.get, ordered)


def _add(root: Place, row: Mapping[str, str | None]) -> None:
    path = row.get("path") or ""
    *above, name = _STEP.split(path)
    parent = root
    for step in above:
        found = parent.keys.get(step) or parent.below.get(_key(step))
        if found is None:
            raise ValueError(f"{path} stands below {step}, which has no row of its own")
        parent = found
    key = _key(name)
    siblings = parent.below if key in (_ANY, _ITEM) else parent.keys
    if key in siblings:
        raise ValueError(f"{path} has two rows")
    siblings[key] = _place(path, row)


def _place(path: str, row: Mapping[str, str | None]) -> Place:
    types = tuple((row.get("type") or "").split("/"))
    if unknown := set(types).difference(_TYPES):
        raise ValueError(f"{path} has a type {min(unknown)!r}; there are: {', '.join(_TYPES)}")
    default = row.get("default") or ""
    if default not in _DEFAULTS:
        raise ValueError(f"{path} has a default {default!r}; there are: true, false")
    place = Place(
        types=types,
        public=row.get("permission") == PUBLIC,
        sources=tuple(filter(None, (row.get("source_annotation") or "").split("/"))),
        default=_DEFAULTS[default],
    )
    if place.sources and place.kind not in _READABLE:
        raise ValueError(f"{path} is of type {place.kind}, which no annotation is read as")
    return place


def _key(step: str) -> str:
    return _ANY if step.startswith("<") else step


def _fits(place: Place, value: object) -> bool:
    if "any" in place.types:
        return True
    if _KINDS.get(type(value)) not in place.types:
        return False
    if isinstance(value, list) and place.items:
        return all(_fits(place.items, item) for item in value)
    if isinstance(value, dict):
        return all(
            below is None or _fits(below, inner)
            for below, inner in ((place.at(key), inner) for key, inner in value.items())
        )
    return True


def _public(place: Place, value: object) -> Any:
    """Give a value's public part.

    Raises:
        MisfitError: when it does not fit, or an element of it does not.
    """
    if "any" in place.types:
        return value
    if _KINDS.get(type(value)) not in place.types:
        raise MisfitError(MISFIT)
    if isinstance(value, list) and place.items:
        return [_public(place.items, item) for item in value] if place.items.public else []
    if isinstance(value, dict):
        return _public_keys(place.at, value)
    return value


def _public_keys(at: Callable[[str], Place | None], document: Mapping[str, Any]) -> dict[str, Any]:
    shown = {}
    for key, value in document.items():
        place = at(key)
        if place is None or not place.public:
            continue
        try:
            shown[key] = _public(place, value)
        except MisfitError:
            continue
    return shown
