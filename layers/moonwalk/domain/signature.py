"""A crash signature and what its making had to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """The text by which crashes of one cause are grouped.

    Attributes:
        text: the signature.
        proto_signature: the normalised frames it was made from, joined by ` | `; None where it
            was made of something else.
        notes: sentences for the processor notes.
        debug: step by step how it came to be; protected.
    """

    text: str
    proto_signature: str | None = None
    notes: tuple[str, ...] = ()
    debug: tuple[str, ...] = ()
