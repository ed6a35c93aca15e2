"""How documents are put into S3: as JSON, compressed or not."""

import gzip
from typing import Any

from moonwalk.adapters.stored_content import GZIP

_JSON = "application/json"


def stored_json(content: bytes, encoding: str) -> dict[str, Any]:
    """Give body and headers; the same content is the same object, whenever it is made.

    Args:
        content: JSON text.
        encoding: `gzip` or `identity`.
    """
    if encoding == GZIP:
        return {
            "Body": gzip.compress(content, mtime=0),
            "ContentType": _JSON,
            "ContentEncoding": GZIP,
        }
    return {"Body": content, "ContentType": _JSON}
