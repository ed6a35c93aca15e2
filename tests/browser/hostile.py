"""Crashes whose every text would rather be a part of the page, and pages made of them."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cli import main

CALLS = "fetch('{url}/script');window.ran=true"
VALUES = {
    "a script": "<script>{calls}</script>",
    "a script after what it stands in": (
        "</span></li></ol></dd></dl></title></style></head><script>{calls}</script>"
    ),
    "an image": '<img src={url}/image onerror="{calls}">',
    "out of an attribute": '"><img src="{url}/image" onerror="{calls}" x="',
    "out of an attribute in single quotes": "' onfocus='{calls}' autofocus tabindex=1 x='",
    "an attribute more": '" onmouseover="{calls}" autofocus onfocus="{calls}',
    "a drawing": '<svg onload="{calls}"><script href={url}/svg></script></svg>',
    "a style": "</style><style>@import url({url}/style);*{{background:url({url}/back)}}</style>",
    "a sheet": "<link rel=stylesheet href={url}/sheet><link rel=icon href={url}/icon>",
    "a frame": "<iframe src={url}/frame srcdoc='<script>{calls}</script>'></iframe>",
    "another base": "<base href={url}/base/><meta http-equiv=refresh content='0;url={url}/meta'>",
    "a form": '<form action={url}/form><input autofocus onfocus="{calls}"></form>',
    "a link that is a script": "javascript:{calls}",
    "a link of data": "data:text/html,<script>{calls}</script>",
    "a template": "{{{{ crash }}}}{{% include '/etc/passwd' %}}${{{calls}}}",
    "references": "&lt;script&gt;{calls}&lt;/script&gt;&#x3c;script&#x3e;{calls}&#60;/script>",
    "a comment": "<!-- {calls} --!> <![CDATA[ <?x <script>{calls}</script>",
    "controls": "\x00<\x00script>\x1b[2J\x1b]0;{calls}\x07\x9b31m\x7f\r\n\t\x0b<scr\x00ipt>",
    "directions": "gpj.\u202e\u2066<script>{calls}</script>\u2069\u200f\u061c\u2028\u2029",
    "lone surrogates": "\ud800<script>{calls}</script>\udfff\ufffe\U000e0041",
    "other letters for the brackets": "\uff1cscript\uff1e{calls}\uff1c/script\uff1e+ADw-script+AD4",
}
"""Values that would run a script, ask somebody, or break out of where they stand."""


def value(name: str, url: str) -> str:
    """Give a hostile value that calls there."""
    return VALUES[name].format(url=url, calls=CALLS.format(url=url))


def crash(text: str) -> dict[str, Any]:
    """Build a processed crash of one text, everywhere where a text may stand."""
    named = ("function", "module", "file", "trust", "offset", "module_offset")
    frame = dict.fromkeys(named, text) | {"frame": 0, "line": 7}
    linked = frame | {"file": f"/src/{text}"}
    inlined = frame | {"inlines": [frame, linked]}
    thread = {"thread_name": text, "frames": [inlined, linked]}
    texts = ("filename", "version", "debug_file", "debug_id", "base_addr", "end_addr", "code_id")
    system = dict.fromkeys(("os", "os_ver", "cpu_arch"), text)
    facts = ("crash_id", "signature", "reason", "address", "moz_crash_reason", "product", "version")
    return {
        **dict.fromkeys((*facts, "build", "release_channel", "process_type"), text),
        **dict.fromkeys(("client_crash_date", "completed_datetime", "mdsw_status_string"), text),
        "processor_notes": f">>> Start\n{text}",
        "crashing_thread": 0,
        "symbols_incomplete": [{"debug_file": text, "debug_id": text, "reason": text}],
        "json_dump": {
            "system_info": system,
            "modules": [dict.fromkeys(texts, text) | {"missing_symbols": True}],
            "threads": [thread, thread],
        },
    }


def page(folder: Path, processed: Any, annotations: Any) -> Path:
    """Write a crash's page by the command that people use."""
    stored, raw = folder / "processed_crash.json", folder / "raw_crash.json"
    stored.write_text(json.dumps(processed))
    raw.write_text(json.dumps(annotations))
    made = folder / "report.html"
    source = "/src/=https://code.example/{path}#L{line}"
    arguments = ["show", str(stored), "--html", "-o", str(made), "--source", source]
    shown = CliRunner().invoke(main.app, arguments)
    assert shown.exit_code == 0, shown.exception
    return made
