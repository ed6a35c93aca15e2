"""From what was typed to the key of a symbol file."""

from cli.exits import UsageError
from cli.plain import plain
from moonwalk.contracts.symbols import SCOPES_PREFIX, UPLOAD_PREFIX, read_upload
from moonwalk.domain.failures import DeadLetter
from moonwalk.domain.symbols import SymbolKey, symbol_key

_REMEDY = "write <debug file>/<DEBUG ID>, as `moonwalk symbols ls` does"
_WITHOUT_NAME, _WHOLE = 2, 3


def typed_key(text: str, scope: str) -> SymbolKey:
    """Read a key: `<debug file>/<DEBUG ID>`, with or without its name, or an object's key.

    Raises:
        UsageError: when it is none.
    """
    parts = text.split("/")
    try:
        if len(parts) == _WITHOUT_NAME:
            return symbol_key(parts[0], parts[1], scope)
        if len(parts) == _WHOLE:
            return SymbolKey(scope, *parts)
        if text.startswith((UPLOAD_PREFIX, SCOPES_PREFIX)):
            return read_upload(text)
    except DeadLetter as error:
        raise UsageError(f"{plain(text, 100)!r} is no key: {error.detail}", _REMEDY) from error
    raise UsageError(f"{plain(text, 100)!r} is no key of a symbol file", _REMEDY)


def checked_scope(scope: str) -> None:
    """Make sure that a scope can be one.

    Raises:
        UsageError: when it cannot.
    """
    try:
        symbol_key("any", "1" * 33, scope)
    except DeadLetter as error:
        raise UsageError(
            f"{plain(scope, 60)!r} is no scope: {error.detail}", "give another by --scope"
        ) from error
