"""The symbol queue's messages of our own, beside the events of the bucket."""

from collections.abc import Mapping
from typing import Any

from moonwalk.contracts import schemas
from moonwalk.domain.code_keys import any_key
from moonwalk.domain.symbol_needs import Need

SCHEMA = 1
KIND = "kind"
PACK = "pack"
"""An upload is to be packed, whether or not it was before."""
NEED = "need"
"""A walk was without these symbols: a source may have them."""


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
    _check(document, PACK)
    key, asked_by = document.get("key"), document.get("asked_by", "")
    if not isinstance(key, str) or not isinstance(asked_by, str):
        raise NotUnderstoodError("it names no object")
    return key, asked_by


def encode_need(need: Need) -> Mapping[str, Any]:
    """Give the message that asks for symbols from a source."""
    return {
        schemas.KEY: SCHEMA,
        KIND: NEED,
        "scope": need.key.scope,
        "debug_file": need.key.debug_file,
        "debug_id": need.key.debug_id,
        "name": need.key.name,
        "code_file": need.code_file,
        "code_id": need.code_id,
    }


def decode_need(document: Mapping[str, Any]) -> Need:
    """Read the same.

    Raises:
        NotUnderstoodError: when it is something else.
        DeadLetter: `bad_symbol_key`, when its key can be none.
    """
    _check(document, NEED)
    names = ("scope", "debug_file", "debug_id", "name", "code_file", "code_id")
    texts = [document.get(name) for name in names]
    if not all(isinstance(text, str) for text in texts):
        raise NotUnderstoodError("it names no symbols")
    scope, debug_file, debug_id, name, code_file, code_id = map(str, texts)
    return Need(any_key(scope, debug_file, debug_id, name), code_file, code_id)


def _check(document: Mapping[str, Any], kind: str) -> None:
    if document.get(schemas.KEY) not in schemas.accepted(SCHEMA) or document.get(KIND) != kind:
        raise NotUnderstoodError(f"its schema or kind is none that a packer of schema {SCHEMA} has")
