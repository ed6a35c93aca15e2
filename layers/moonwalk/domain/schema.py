"""The schema of a kind of document: which fields there are, of which types, and who may see them.

A schema is data: a table with a row for each place in the document. It is a validator (does a
value fit?) and a filter (what of a document is public?). Types are JSON's own and exact: an
integer is no number, a number no integer, and neither a boolean.
"""

import csv
import re
from collections.abc import Iterable, Mapping
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


class MisfitError(ValueError):
    """A value is of a type that its place does not take; the text quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a document.

    Attributes:
        types: JSON types that its values may have; `any` takes all.
        public: whether everybody may see it.
        source: the annotation that its value comes from, if from one.
        default: its value where that annotation is absent; None for none.
        keys: the places below it by key, where it is an object.
        other: the place of all other keys, if there may be others.
        items: the place of its elements, where it is an array.
    """

    types: tuple[str, ...]
    public: bool
    source: str = ""
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
        return self.below.get("[]")

    def at(self, key: str) -> "Place | None":
        """Give the place of a key, or None for one that the schema does not know."""
        if key in self.keys:
            return self.keys[key]
        return self.below.get("<>") if ANY_KEY.match(key) else None


@dataclass(frozen=True, slots=True)
class Schema:
    """The places of a document by the names at its top level, in the table's order."""

    places: Mapping[str, Place]

    @classmethod
    def read(cls, lines: Iterable[str]) -> "Schema":
        """Read a table: tab-separated `path`, `type`, `permission`, `source_annotation`, `default`.

        A path's `[]` stands for an array's elements, `<WORD>` for keys of any name. Types are
        joined by `/`; a permission that is not `public` is protected.

        Raises:
            ValueError: for a row whose parent has none, or a row without type.
        """
        root = Place(types=("object",), public=True)
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            _add(root, row)
        return cls(root.keys)

    def fits(self, name: str, value: object) -> bool:
        """Say whether a value may stand under a top-level name, by types, at every depth."""
        place = self.places.get(name)
        try:
            return place is not None and (_public(place, value), True)[1]
        except MisfitError:
            return False

    def public(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Give what of a document everybody may see; what the schema does not know is not.

        A field that does not fit is left out whole, so that no odd value costs the others.
        """
        shown = {}
        for name, place in self.places.items():
            if name in document and place.public:
                try:
                    shown[name] = _public(place, document[name])
                except MisfitError:
                    continue
        return shown


def _add(root: Place, row: Mapping[str, str]) -> None:
    *above, name = _STEP.split(row["path"])
    parent = root
    for step in above:
        found = parent.keys.get(step) or parent.below.get(_key(step))
        if found is None:
            raise ValueError(f"{row['path']} stands below {step}, which has no row of its own")
        parent = found
    if not row["type"]:
        raise ValueError(f"{row['path']} has no type")
    place = Place(
        types=tuple(row["type"].split("/")),
        public=row["permission"] == PUBLIC,
        source=row.get("source_annotation") or "",
        default={"true": True, "false": False}.get(row.get("default") or ""),
    )
    (parent.keys if _key(name) == name and name != "[]" else parent.below)[_key(name)] = place


def _key(step: str) -> str:
    return "<>" if step.startswith("<") else step


def _public(place: Place, value: object) -> Any:
    """Give a value's public part; all of it is looked at, so that a misfit anywhere is found.

    Raises:
        MisfitError: when a part of it does not fit.
    """
    if "any" in place.types:
        return value
    if _KINDS.get(type(value)) not in place.types:
        raise MisfitError(MISFIT)
    if isinstance(value, list) and place.items:
        items = [_public(place.items, item) for item in value]
        return items if place.items.public else []
    if isinstance(value, dict):
        return _public_object(place, value)
    return value


def _public_object(place: Place, value: Mapping[str, Any]) -> dict[str, Any]:
    shown = {}
    for key, inner in value.items():
        below = place.at(key)
        if below is None:
            continue
        kept = _public(below, inner)
        if below.public:
            shown[key] = kept
    return shown
