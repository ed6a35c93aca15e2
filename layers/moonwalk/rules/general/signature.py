"""The rule that gives a crash the signature by which crashes of one cause are grouped."""

from typing import Any, ClassVar, Self

from moonwalk.ports import Signatures
from moonwalk.rules.rule import Crash, Found, Parts, Rule


class SignatureGeneratorRule(Rule):
    """Makes the signature, and tells how it came to be (Socorro's 49).

    What the signature is made of stands with the maker, see `moonwalk.adapters.signature`. F13:
    a failure within it is noted by its kind only. A crash without a stack has no
    `proto_signature`.
    """

    reads: ClassVar[tuple[str, ...]] = (
        "abort_message",
        "additional_minidumps",
        "async_shutdown_timeout",
        "hang",
        "ipc_channel_error",
        "ipc_message_name",
        "java_exception",
        "java_stack_trace",
        "js_large_allocation_failure",
        "json_dump",
        "mdsw_status_string",
        "oom_allocation_size",
    )
    writes: ClassVar[tuple[str, ...]] = ("signature", "proto_signature", "signature_debug")

    def __init__(self, signatures: Signatures) -> None:
        """Take who makes signatures."""
        self._signatures = signatures

    @classmethod
    def made(cls, parts: Parts) -> Self:
        """Make the rule with the maker that is in force."""
        return cls(parts.signatures)

    def act(self, crash: Crash) -> Found:
        """Give the signature."""
        made = self._signatures.sign(crash.processed)
        fields: dict[str, Any] = {"signature": made.text}
        if made.proto_signature is not None:
            fields["proto_signature"] = made.proto_signature
        fields["signature_debug"] = "\n".join(made.debug)
        return Found(fields=fields, notes=made.notes)
