"""The symbol queue's messages of our own, beside the events of the bucket."""

from collections.abc import Mapping
from typing import Any

from moonwalk.contracts import schemas

SCHEMA = 1
KIND = "kind"
PACK = "pack"
"""An upload is to be packed, whether or not it was before."""


class NotUnderstoodError(ValueError):
    """A message of a schema or kind that this version does not know; its text says which."""


def encode_pack(object_key: str, asked_by: str) -> Mapping[str, Any]:
    """Give the message that asks for an upload to be packed again."""
    return {schemas.KEY: SCHEMA, KIND: PACK, "key": object_key, "asked_by": asked_by}


def decode_pack(document: Mapping[str, Any]) -> tuple[str, str]:
    """Read the same: the object's key, and who asks.

    Raises:
        NotUnderstoodError: when it is something else.
    """
    if document.get(schemas.KEY) not in schemas.accepted(SCHEMA) or document.get(KIND) != PACK:
        raise NotUnderstoodError(f"its schema or kind is none that a packer of schema {SCHEMA} has")
    key, asked_by = document.get("key"), document.get("asked_by", "")
    if not isinstance(key, str) or not isinstance(asked_by, str):
        raise NotUnderstoodError("it names no object")
    return key, asked_by
