"""A crash signature and what its making had to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """The text by which crashes of one cause are grouped.

    Attributes:
        text: the signature.
        proto_signature: the normalised frames it was made from, joined by ` | `; empty if none.
        notes: sentences for the processor notes.
    """

    text: str
    proto_signature: str = ""
    notes: tuple[str, ...] = ()
