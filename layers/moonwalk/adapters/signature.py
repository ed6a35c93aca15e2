"""Signatures by Mozilla's `siggen`. Only what walks imports this: its lists take a while to load.

siggen's last release is of 2024; what Socorro does differently since is added by siggen's own
means: other instances of its rules and tools, and a rule more.
"""

from collections.abc import Mapping
from typing import Any

from siggen import rules as siggen
from siggen.generator import Result, SignatureGenerator

from moonwalk.adapters.signature_account import Account, account
from moonwalk.adapters.signature_frames import Frames
from moonwalk.adapters.signature_input import crash_data
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.domain.signature import Signature

NO_SIGNATURE = "EMPTY: crash failed to process"
"""Socorro's signature of a crash whose rules did not get that far."""

_PROTO = "proto_signature"
_FAILED = "Rule failed: "
_BAD_TIMEOUT = "Error parsing AsyncShutdownTimeout:"
_MOST_TOLD = 1_000_000
"""Characters of any text about a signature: 40 frames of real programs have a tenth of it."""
_FIRST_PRINTABLE, _LAST_PRINTABLE = " ", "~"


class SigPrintableCharsOnly(siggen.Rule):  # type: ignore[misc] # siggen has no types
    """Takes everything out of a signature but printable ASCII."""

    def action(self, _crash_data: Mapping[str, Any], result: Result) -> bool:
        """Set the signature, if that changes it; white space at its ends counts as a change."""
        printable = "".join(
            character
            for character in result.signature.strip()
            if _FIRST_PRINTABLE <= character <= _LAST_PRINTABLE
        )
        if printable != result.signature:
            result.set_signature(self.name, printable)
            result.info(self.name, "unprintable characters removed")
        return True


class SignatureGenerationRule(siggen.SignatureGenerationRule):  # type: ignore[misc]
    """siggen's rule, under its name, with another tool for stacks."""

    def __init__(self, tool: Frames) -> None:
        """Take the tool in the place of siggen's, which would take a while to be made."""
        self.java_signature_tool = siggen.JavaSignatureTool()
        self.java_exception_signature_tool = siggen.JavaExceptionSignatureTool()
        self.c_signature_tool = tool


class SignatureRunWatchDog(siggen.SignatureRunWatchDog):  # type: ignore[misc]
    """siggen's rule for hangs, under its name, with another rule for stacks."""

    def __init__(self, stack: SignatureGenerationRule) -> None:
        """Take the rule that it uses."""
        self.signature_generation_rule = stack


class SiggenSignatures:
    """`Signatures` by siggen's rules. Safe to use from several threads."""

    def __init__(self, lists: SignatureLists | None = None) -> None:
        """Take the signature lists, once for all crashes; without any, siggen's are read."""
        self._tool = Frames(lists or SignatureLists.read())
        stack = SignatureGenerationRule(self._tool)
        self._rules = [
            stack,
            siggen.StackwalkerErrorSignatureRule(),
            siggen.BadHardware(),
            siggen.OOMSignature(),
            siggen.AbortSignature(),
            siggen.SignatureShutdownTimeout(),
            SignatureRunWatchDog(stack),
            siggen.SignatureIPCChannelError(),
            siggen.SignatureIPCMessageName(),
            siggen.StackOverflowSignature(),
            siggen.HungProcess(),
            SigPrintableCharsOnly(),
            siggen.SigFixWhitespace(),
            siggen.SigTruncate(),
        ]

    def sign(self, processed: Mapping[str, Any]) -> Signature:
        """Make a signature; what fails leaves a note that quotes nothing of the crash."""
        try:
            return self._signed(crash_data(processed))
        except Exception as error:  # noqa: BLE001 - nothing in a crash may cost it its result
            return Signature(NO_SIGNATURE, notes=(f"signature: failed: {type(error).__name__}",))

    def explain(self, processed: Mapping[str, Any]) -> Account:
        """Make a signature, and tell how it came to be."""
        data = crash_data(processed)
        return account(self._signed(data), data, self._tool)

    def _signed(self, data: Mapping[str, Any]) -> Signature:
        failures: dict[str, str] = {}

        def remember(_data: object, *, exc_info: Any, extra: Mapping[str, str]) -> None:
            failures[extra["rule"]] = exc_info[0].__name__

        generator = SignatureGenerator(ruleset=self._rules, error_handler=remember)
        found = generator.generate(data)
        proto = found.extra.get(_PROTO)
        return Signature(
            text=_storable(found.signature),
            proto_signature=None if proto is None else _storable(proto),
            notes=tuple(_storable(_public(note, failures)) for note in found.notes),
            debug=tuple(_storable(line) for line in found.debug_log),
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
    """Cut what is endless, and replace lone surrogates, which JSON can hold and no store takes."""
    return text[:_MOST_TOLD].encode("utf-8", "replace").decode("utf-8")
