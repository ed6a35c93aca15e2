"""How knobs are written: the panel that a deployment has, and the document of what is turned.

{"schema":1,"knobs":{"pause.standard":{"value":true,"was":null,"at":1790000000000,
                                       "by":"ops/jane","why":"the ledger is throttled"}}}
"""

import json
from collections.abc import Mapping
from typing import Any

from moonwalk.contracts import schemas
from moonwalk.domain.knob_turns import MAX_BY, MAX_WHY, Turn, Turns
from moonwalk.domain.knobs import Panel, Range

SCHEMA = 1
MAX_BYTES = 4096
"""Of a standard parameter (AWS Systems Manager, quotas of Parameter Store)."""
NOTHING = Turns({})

_RANGE_ENDS = 3
_MOST_KNOBS = 200
_LATEST = 2**53
"""Milliseconds: what every reader of JSON can tell apart."""


class BadDocumentError(ValueError):
    """A document or panel that cannot be read; the text says why and quotes nothing of it."""


def document_name(deployment: str) -> str:
    """Name the parameter with the document: no template makes it, so no deployment resets it."""
    return f"/moonwalk/{deployment}/knobs"


def panel_name(deployment: str) -> str:
    """Name the parameter with the panel, which a deployment writes for who turns knobs."""
    return f"/moonwalk/{deployment}/knob-panel"


def write_panel(panel: Panel) -> str:
    """Write a panel, for the variables of functions and for its parameter."""
    ranges = {name: list(limits) for name, limits in panel.ranges.items()}
    return _dumped({schemas.KEY: SCHEMA, "ranges": ranges, "sources": list(panel.sources)})


def read_panel(text: str) -> Panel:
    """Read a panel.

    Raises:
        BadDocumentError: when it is none.
    """
    found = _loaded(text)
    ranges, sources = found.get("ranges"), found.get("sources")
    if not isinstance(ranges, dict) or not isinstance(sources, list):
        raise BadDocumentError("it has no ranges and sources")
    return Panel({name: _range(each) for name, each in ranges.items()}, list(map(str, sources)))


def write_turns(turns: Turns) -> str:
    """Write the document; what has no room in a parameter is left to the parameter's history.

    Raises:
        BadDocumentError: when it has no room even so.
    """
    lighter: Turns | None = turns
    while lighter is not None:
        text = _dumped({schemas.KEY: SCHEMA, "knobs": _written(lighter)})
        if len(text.encode()) <= MAX_BYTES:
            return text
        lighter = lighter.lighter()
    raise BadDocumentError(f"so many turned knobs take more than {MAX_BYTES} bytes: reset some")


def read_turns(text: str) -> Turns:
    """Read the document. Which values knobs can have is the panel's business, not looked at here.

    Raises:
        BadDocumentError: when it is none.
    """
    knobs = _loaded(text).get("knobs")
    if not isinstance(knobs, dict) or len(knobs) > _MOST_KNOBS:
        raise BadDocumentError(f"it has no object of at most {_MOST_KNOBS} knobs")
    return Turns({name: _turn(each) for name, each in knobs.items()})


def _loaded(text: str) -> dict[str, Any]:
    # Parameter Store allows 8 KB at most; whatever is longer is none of ours.
    if len(text) > 2 * MAX_BYTES:
        raise BadDocumentError(f"it has more than {2 * MAX_BYTES} characters")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadDocumentError("it is no JSON") from None
    if not isinstance(found, dict):
        raise BadDocumentError("it is no object")
    schema = found.get(schemas.KEY)
    if type(schema) is not int or schema not in schemas.accepted(SCHEMA):
        raise BadDocumentError(f"its schema is none of {schemas.accepted(SCHEMA)}")
    return found


def _range(ends: object) -> Range:
    if not isinstance(ends, list) or len(ends) != _RANGE_ENDS:
        raise BadDocumentError("a range of it has no three numbers")
    if any(type(end) is not int for end in ends) or not ends[1] <= ends[0] <= ends[2]:
        raise BadDocumentError("a range of it is no default between two bounds")
    return Range(*ends)


def _turn(given: object) -> Turn:
    if not isinstance(given, dict):
        raise BadDocumentError("a knob of it is no object")
    value, was, at = given.get("value"), given.get("was"), given.get("at")
    by, why = given.get("by", ""), given.get("why", "")
    if not (_is_value(value) and _is_value(was)):
        raise BadDocumentError("a value of it is neither true, false nor a whole number")
    if type(at) is not int or not 0 <= at <= _LATEST:
        raise BadDocumentError("a time of it is none")
    if not isinstance(by, str) or not isinstance(why, str):
        raise BadDocumentError("a word of it is no text")
    return Turn(value, was, at, by[:MAX_BY], why[:MAX_WHY])


def _is_value(value: object) -> bool:
    return value is None or type(value) in {bool, int}


def _written(turns: Turns) -> Mapping[str, Mapping[str, object]]:
    return {
        name: {
            "value": turn.value,
            "was": turn.was,
            "at": turn.at,
            **({"by": turn.by} if turn.by else {}),
            **({"why": turn.why} if turn.why else {}),
        }
        for name, turn in turns.of.items()
    }


def _dumped(document: Mapping[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"))
