"""A crash signature and what its making had to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """The text by which crashes of one cause are grouped.

    Attributes:
        text: the signature.
        proto_signature: the normalised frames it was made from, joined by ` | `; None if it was
            made of no stack.
        notes: sentences for the processor notes.
        debug: how it was made, a line for each step. Protected.
    """

    text: str
    proto_signature: str | None = None
    notes: tuple[str, ...] = ()
    debug: tuple[str, ...] = ()
