"""Text for places that take less than Python does: SQS, EventBridge, DynamoDB."""

import re

_REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is left of Unicode when SQS's characters are taken out (those of XML 1.0)."""
_STAND_IN = "\N{REPLACEMENT CHARACTER}"
_CUT = "\N{HORIZONTAL ELLIPSIS}"


def acceptable(text: str, limit: int) -> str:
    """Replace the characters that a service would refuse, and cut the text to so many characters.

    A cut text ends in an ellipsis.
    """
    cut = text if len(text) <= limit else text[: limit - 1] + _CUT
    return _REFUSED.sub(_STAND_IN, cut)


def ascii_only(text: str, limit: int) -> str:
    """Give at most so many characters of a text as printable ASCII, as an HTTP header takes it."""
    shown = (character if " " <= character <= "~" else "?" for character in text[:limit])
    return "".join(shown).strip()
