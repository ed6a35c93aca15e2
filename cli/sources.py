"""Source files as symbols name them: what a person wants to read of a name, and where to browse it.

Breakpad's symbols may name a file by its place in version control, `VCS:ROOT:PATH:REVISION`. The
names come from symbols and crashes, so a link made of one leads to the host of its template only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from urllib.parse import quote, urlsplit

from cli.exits import UsageError

LONGEST_LINK = 1500
"""Characters; browsers and servers take no more of some thousands."""
_VERSIONED = re.compile(r"(?:hg|git|svn|cvs|s3):[^:]+:(?P<path>[^:]+):[^:]*", re.ASCII)
_PARTS = ("repository", "path", "revision")
_KNOWN = frozenset({*_PARTS, "line"})
_LINE = re.compile(r"[0-9]{1,9}", re.ASCII)


def short(file: str) -> str:
    """Give a file's name without the version control around it."""
    versioned = _VERSIONED.fullmatch(file)
    return versioned["path"] if versioned else file


def place(file: str, line: str) -> str:
    """Give a source position as a person reads it; empty where there is none."""
    return short(file) + (f":{line}" if line else "") if file else ""


@dataclass(frozen=True)
class SourceBrowsers:
    """Where files can be browsed.

    Attributes:
        templates: web addresses with `{repository}`, `{path}`, `{revision}` and `{line}` in them,
            by what a file's name begins with. What follows there in the name is
            `REPOSITORY:PATH:REVISION`, `PATH:REVISION` or `PATH`.
    """

    templates: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Iterable[str], known: Mapping[str, str]) -> "SourceBrowsers":
        """Read `PREFIX=TEMPLATE` texts, to be used beside those known already.

        Raises:
            UsageError: for a text that is none, and for a template that cannot be used.
        """
        templates = dict(known)
        for text in given:
            prefix, _, template = text.partition("=")
            if not prefix or not template:
                raise UsageError(f"{text!r} names no source browser", "give PREFIX=TEMPLATE")
            templates[prefix] = template
        for template in templates.values():
            _check(template)
        return cls(templates)

    def link(self, file: str, line: str) -> str | None:
        """Give the web address of a source position; None where no template serves."""
        prefixes = [prefix for prefix in self.templates if file.startswith(prefix)]
        if not prefixes or len(file) > LONGEST_LINK:
            return None
        prefix = max(prefixes, key=len)
        named = _named(file[len(prefix) :])
        template = self.templates[prefix]
        if _LINE.fullmatch(line):
            named["line"] = line
        else:
            template = template.partition("#")[0]
        return _filled(template, named)


def _check(template: str) -> None:
    try:
        address = urlsplit(template)
        names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise UsageError(f"{template!r} is no template of a web address", str(error)) from error
    if address.scheme not in ("http", "https") or not address.netloc or "{" in address.netloc:
        raise UsageError(
            f"{template!r} is no web address of one host", "begin it with https://HOST/"
        )
    if not names <= _KNOWN:
        raise UsageError(
            f"{template!r} asks for more than is known", f"use {', '.join(sorted(_KNOWN))}"
        )


def _named(rest: str) -> dict[str, str]:
    """Name the parts of what follows the prefix in a file's name."""
    parts = rest.replace("\\", "/").split(":")
    if len(parts) == len(_PARTS):
        return dict(zip(_PARTS, parts, strict=True))
    return dict(zip(_PARTS[1:], parts, strict=False)) if len(parts) < len(_PARTS) else {}


def _filled(template: str, named: Mapping[str, str]) -> str | None:
    """Fill a template; None where a part that it needs is missing, or would leave its folder."""
    if any({".", ".."} & set(part.split("/")) for part in named.values()):
        return None
    try:
        quoted = {name: quote(part) for name, part in named.items() if part}
        link = template.format_map(quoted)
    except (KeyError, UnicodeEncodeError):
        return None
    return link if len(link) <= LONGEST_LINK else None
