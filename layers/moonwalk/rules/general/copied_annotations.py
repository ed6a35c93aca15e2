"""The rule that copies annotations to fields, as the schema says."""

from typing import Any, ClassVar, Self

from moonwalk.domain.schema import Place, Schema
from moonwalk.rules.general.annotation_types import READERS, MisreadError
from moonwalk.rules.rule import ANY, Crash, Found, Parts, Rule


class CopyFromRawCrashRule(Rule):
    """Copies each annotation that the schema names as a field's source, by its type (Socorro's 6).

    Where a field has several sources, the first that the crash has counts; where it has none of
    them, the schema's default, if any. F4: each field stands alone; a value of a type that cannot
    be used has a note and no field, and an object need not be text. F15: what is no number, or
    infinite, is not written.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANY,)
    writes: ClassVar[tuple[str, ...]] = (ANY,)

    def __init__(self, schema: Schema) -> None:
        """Take the schema of the processed crash."""
        self._schema = schema
        self._copied = {name: place for name, place in schema.places.items() if place.sources}

    @classmethod
    def made(cls, parts: Parts) -> Self:
        """Make the rule for a profile's schema."""
        return cls(parts.schema)

    def act(self, crash: Crash) -> Found:
        """Give the fields, and a note for each annotation that gave none."""
        fields: dict[str, Any] = {}
        notes = []
        for name, place in self._copied.items():
            source = next((each for each in place.sources if crash.raw.get(each) is not None), None)
            if source is None:
                fields |= {} if place.default is None else {name: place.default}
                continue
            try:
                fields[name] = self._read(name, place, crash.raw[source])
            except MisreadError as error:
                notes.append(f"{source} {error}")
        return Found(fields=fields, notes=tuple(notes))

    def _read(self, name: str, place: Place, value: object) -> Any:
        read = READERS[place.kind](value)
        if place.kind == "object" and not self._schema.fits(name, read):
            raise MisreadError(f"value is malformed {name}")
        return read
