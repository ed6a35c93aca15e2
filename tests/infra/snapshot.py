"""The templates as a person last looked at them; `python -m tests.infra.snapshot` renews them.

Hashes of assets are taken out: code may change without the infrastructure changing.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

from infra.app import build_app
from tests.infra.templates import Templates

SNAPSHOT = Path(__file__).with_name("snapshot.json")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")


def normalised(templates: Templates) -> str:
    """Write the templates in a form that differs only when the infrastructure does."""
    documents = {
        name: getattr(templates, name).document
        for name in ("storage", "pipeline", "heavy_lane", "observability")
    }
    text = json.dumps(documents, indent=1, sort_keys=True)
    return _HASH.sub("<asset>", text) + "\n"


def main() -> int:
    """Synthesise with the local parts, and write the snapshot anew."""
    with tempfile.TemporaryDirectory() as folder:
        build_app({"moonwalk:assets": "local"}, outdir=folder).synth()
        SNAPSHOT.write_text(normalised(Templates.read(Path(folder))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
