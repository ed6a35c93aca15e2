"""Writes the page. A crash is hostile: escaping is the template engine's default, not a habit.

Three things stand between a crash and the browser, each enough by itself: whatever is put into the
templates goes through `plain` and is escaped; links are http or https by how they are made; and
the page's own policy allows no script, no form and no request, and this one style only.
"""

import base64
import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cli.page.view import view
from cli.plain import plain
from cli.sources import SourceBrowsers

POLICY = (
    "default-src 'none'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""What the page may do: be styled, and show the icon that it holds."""


def _fit(value: object) -> object:
    """Make a value fit to be shown, but for what the templates have made themselves."""
    return value if isinstance(value, Markup) else plain(value)


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_fit,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    processed: Mapping[str, Any], annotations: Mapping[str, Any], browsers: SourceBrowsers
) -> str:
    """Give the page of a crash, of bounded size.

    Args:
        processed: the public part of the processed crash.
        annotations: the public part of the raw crash.
        browsers: where source files are linked to.
    """
    style = _TEMPLATES.get_template("style.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _TEMPLATES.get_template("page.html").render(
        policy=POLICY.format(style=f"sha256-{digest}"),
        version=version("moonwalk"),
        crash=view(processed, annotations, browsers),
    )
