"""Keys and metadata of the symbol bucket: uploads in Tecken's layout, packs, records of changes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moonwalk.contracts import schemas
from moonwalk.domain.failures import DeadLetter, DeadLetterCode
from moonwalk.domain.symbols import DEFAULT_SCOPE, Change, SymbolKey

CONTAINER_VERSION = 1
"""Of the packs that this release writes and reads; another one lies elsewhere."""
UPLOAD_PREFIX = "v1/"
SCOPES_PREFIX = "scopes/"
UPLOAD_PREFIXES = (UPLOAD_PREFIX, SCOPES_PREFIX)
"""Below which an object that appears is packed."""
PACK_PREFIX = "packs/"
CHANGE_PREFIX = "changes/"

TEXT_SHA256 = "moonwalk-text-sha256"
"""Object metadata of a pack, and of an upload by `moonwalk symbols push`."""
TEXT_BYTES = "moonwalk-text-bytes"
VERDICT = "moonwalk-verdict"
"""`fine`, or `corrupt line N: why`."""
ORIGIN = "moonwalk-origin"
"""Base URL of the symbol server that a pack's text came from; absent for uploads."""
UPLOADER = "moonwalk-uploader"
UPLOAD_ETAG = "moonwalk-upload-etag"
"""Of the upload that a pack was made of: an event that comes twice is known by it."""
REPLACED_SHA256 = "moonwalk-replaced-sha256"
"""Of the text of the pack before, when it had another."""
PACKED_AT = "moonwalk-packed-at"
"""Whole seconds since the epoch."""

REFUSED_TAG = "moonwalk-refused"
"""Tag of an upload that could not be packed: the reason's code."""
CHANGE_SCHEMA = 1

_PLACE_PARTS = 3


def scope_prefix(scope: str) -> str:
    """Give the prefix of a scope's uploads."""
    if scope == DEFAULT_SCOPE:
        return UPLOAD_PREFIX
    return f"{SCOPES_PREFIX}{scope}/{UPLOAD_PREFIX}"


def packs_prefix(scope: str) -> str:
    """Give the prefix of a scope's packs."""
    return f"{PACK_PREFIX}{CONTAINER_VERSION}/{scope}/"


def upload(key: SymbolKey) -> str:
    """Key of an uploaded symbol file."""
    return scope_prefix(key.scope) + key.place


def pack(key: SymbolKey) -> str:
    """Key of a symbol file's pack."""
    return packs_prefix(key.scope) + key.pack_place


def changes(key: SymbolKey) -> str:
    """Prefix of the records of a pack's changes."""
    return f"{CHANGE_PREFIX}{key.scope}/{key.debug_file}/{key.debug_id}/{key.stem}/"


def change(key: SymbolKey, made: Change) -> str:
    """Key of the record of one change: the same for the same change, in the order of time."""
    when = datetime.fromtimestamp(made.packed_at, UTC)
    return f"{changes(key)}{when:%Y%m%dT%H%M%SZ}-{made.new_sha256[:16]}.json"


def encode_change(key: SymbolKey, made: Change) -> Mapping[str, Any]:
    """Give the record of a change as a JSON object."""
    return {
        schemas.KEY: CHANGE_SCHEMA,
        "scope": key.scope,
        "debug_file": key.debug_file,
        "debug_id": key.debug_id,
        "name": key.name,
        "old_text_sha256": made.old_sha256,
        "new_text_sha256": made.new_sha256,
        "uploader": made.uploader,
        "at": datetime.fromtimestamp(made.packed_at, UTC).isoformat(),
    }


def read_upload(object_key: str) -> SymbolKey:
    """Read the key of an uploaded object.

    Raises:
        DeadLetter: `bad_symbol_key`, when it is none.
    """
    scope, place = DEFAULT_SCOPE, object_key.removeprefix(UPLOAD_PREFIX)
    if object_key.startswith(SCOPES_PREFIX):
        scope, slash, rest = object_key.removeprefix(SCOPES_PREFIX).partition("/")
        place = rest.removeprefix(UPLOAD_PREFIX)
        if scope == DEFAULT_SCOPE or not slash or not rest.startswith(UPLOAD_PREFIX):
            raise _bad("scopes other than `default` are at scopes/<scope>/v1/")
    elif not object_key.startswith(UPLOAD_PREFIX):
        raise _bad(f"it is below none of {', '.join(UPLOAD_PREFIXES)}")
    return _read_place(scope, place)


def read_pack(object_key: str) -> SymbolKey:
    """Read the key of a pack.

    Raises:
        DeadLetter: `bad_symbol_key`, when it is none of this container version.
    """
    scope, _, place = object_key.removeprefix(f"{PACK_PREFIX}{CONTAINER_VERSION}/").partition("/")
    return _read_place(scope, f"{place.removesuffix('.pack')}.sym")


def _read_place(scope: str, place: str) -> SymbolKey:
    parts = place.split("/")
    if len(parts) != _PLACE_PARTS:
        raise _bad("it is not <debug file>/<DEBUG ID>/<name>.sym")
    return SymbolKey(scope, *parts)


def _bad(detail: str) -> DeadLetter:
    return DeadLetter(DeadLetterCode.BAD_SYMBOL_KEY, f"the object's key: {detail}")
