"""Signatures by Mozilla's `siggen`. Only what walks imports this: its lists take 0.1 s to load."""

from collections.abc import Mapping
from typing import Any

from siggen.generator import DEFAULT_RULESET, SignatureGenerator
from siggen.utils import convert_to_crash_data

from moonwalk.domain.signature import Signature

NO_SIGNATURE = "EMPTY: crash failed to process"
"""Socorro's signature of a crash whose rules did not get that far."""

_PROTO = "proto_signature"
_FAILED = "Rule failed: "
_BAD_TIMEOUT = "Error parsing AsyncShutdownTimeout:"


class SiggenSignatures:
    """`Signatures` by siggen's default rules. Safe to use from several threads."""

    def __init__(self) -> None:
        """Read the signature lists, once for all crashes."""
        self._rules = SignatureGenerator(ruleset=list(DEFAULT_RULESET)).pipeline

    def sign(self, processed: Mapping[str, Any]) -> Signature:
        """Make a signature; what fails leaves a note that quotes nothing of the crash."""
        failures: dict[str, str] = {}

        def remember(_data: object, *, exc_info: Any, extra: Mapping[str, str]) -> None:
            failures[extra["rule"]] = exc_info[0].__name__

        generator = SignatureGenerator(ruleset=self._rules, error_handler=remember)
        try:
            found = generator.generate(convert_to_crash_data(processed))
        except Exception as error:  # noqa: BLE001 - nothing in a crash may cost it its result
            return Signature(NO_SIGNATURE, notes=(f"signature: failed: {type(error).__name__}",))
        return Signature(
            text=_storable(found.signature),
            proto_signature=_storable_or_none(found.extra.get(_PROTO)),
            notes=tuple(_storable(_public(note, failures)) for note in found.notes),
            debug=tuple(map(_storable, found.debug_log)),
        )


def _public(note: str, failures: Mapping[str, str]) -> str:
    """Put an exception's class in the place of its text, which may hold protected values."""
    rule, _, said = note.partition(": ")
    if said.startswith(_FAILED) and rule in failures:
        return f"{rule}: {_FAILED}{failures[rule]}"
    if said.startswith(_BAD_TIMEOUT):
        return f"{rule}: {_BAD_TIMEOUT.rstrip(':')}"
    return note


def _storable(text: str) -> str:
    """Replace lone surrogates, which JSON can hold and no store takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _storable_or_none(text: str | None) -> str | None:
    return None if text is None else _storable(text)
