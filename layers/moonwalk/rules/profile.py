"""Reads a profile: a folder that says which rules make a processed crash, and of which fields."""

import importlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import moonwalk.profiles
from moonwalk.domain.public import PublicView
from moonwalk.domain.request import Ruleset
from moonwalk.domain.schema import Schema
from moonwalk.rules.rule import Parts, Rule

FOLDER = Path(moonwalk.profiles.__file__).parent
FIELDS, ANNOTATIONS = "fields.tsv", "annotations.tsv"
RULES = __package__
BEFORE_WALK = "before_walk"
ALL_OF = ".*"


class UnusableProfileError(Exception):
    """A profile says something that cannot be followed; the text says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What crashes of a kind of product are turned into.

    Attributes:
        schema: of the processed crash.
        annotations: schema of the raw crash; what it does not know is never shown.
        rulesets: classes of rules by ruleset, and those that run before the walk.
        told: what the profile says to single rules, by their names.
        signature_lists: folders with what it changes in siggen's lists.
    """

    name: str
    schema: Schema
    annotations: Schema
    rulesets: Mapping[str, tuple[type[Rule], ...]]
    told: Mapping[str, Mapping[str, Any]]
    signature_lists: tuple[Path, ...] = ()

    def before_walk(self, parts: Callable[[Mapping[str, Any]], Parts]) -> tuple[Rule, ...]:
        """Make the rules that set the annotations right which the stackwalker reads, too."""
        return self._made(BEFORE_WALK, parts)

    def rules(
        self, ruleset: Ruleset, parts: Callable[[Mapping[str, Any]], Parts]
    ) -> tuple[Rule, ...]:
        """Make the rules of a ruleset, in their order."""
        return self._made(ruleset.value, parts)

    def _made(self, ruleset: str, parts: Callable[[Mapping[str, Any]], Parts]) -> tuple[Rule, ...]:
        return tuple(
            kind.made(parts(self.told.get(kind.__name__, {}))) for kind in self.rulesets[ruleset]
        )


@cache
def named(name: str) -> Profile:
    """Read one of the profiles that come with Moonwalk.

    Raises:
        UnusableProfileError: when there is none of that name.
    """
    return read(_folder(name))


@cache
def public_view(name: str) -> PublicView:
    """Read what is public in crashes of one of the profiles that come with Moonwalk.

    Raises:
        UnusableProfileError: when there is none of that name, or a table of it is unusable.
    """
    folder = _folder(name)
    return PublicView(_schema(folder / FIELDS), _schema(folder / ANNOTATIONS))


@cache
def source_browsers(name: str) -> Mapping[str, str]:
    """Read where source files can be browsed: web addresses by what the files' names begin with.

    Raises:
        UnusableProfileError: when there is no profile of that name, or it cannot be read.
    """
    found: Mapping[str, str] = _said(_folder(name)).get("sources", {})
    return found


def _folder(name: str) -> Path:
    known = sorted(path.parent.name for path in FOLDER.glob("*/profile.toml"))
    if name not in known:
        raise UnusableProfileError(f"there is no profile {name!r}; there are: {', '.join(known)}")
    return FOLDER / name


def read(folder: Path) -> Profile:
    """Read the profile in a folder: `profile.toml`, `fields.tsv` and `annotations.tsv`.

    Raises:
        UnusableProfileError: when a file is missing or a rule that it names is not there.
    """
    said = _said(folder)
    rulesets = said.get("rulesets", {})
    missing = {BEFORE_WALK, *(each.value for each in Ruleset)} - set(rulesets)
    if missing:
        raise UnusableProfileError(f"the profile in {folder} has no {', '.join(sorted(missing))}")
    return Profile(
        name=folder.name,
        schema=_schema(folder / FIELDS),
        annotations=_schema(folder / ANNOTATIONS),
        rulesets={name: tuple(map(_rule, rulesets[name])) for name in rulesets},
        told=said.get("rules", {}),
        signature_lists=tuple(filter(Path.is_dir, [folder / "signature"])),
    )


def _said(folder: Path) -> dict[str, Any]:
    path = folder / "profile.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableProfileError(f"{path} cannot be read: {error}") from error


def _schema(table: Path) -> Schema:
    try:
        return Schema.read(_rows(table))
    except (OSError, ValueError) as error:
        raise UnusableProfileError(f"{table} cannot be read: {error}") from error


def _rows(table: Path) -> Iterator[str]:
    """Give the lines of a table; a path that ends in `.*` stands for the rows of another table."""
    for line in table.read_text(encoding="utf-8").splitlines():
        path, _, rest = line.partition("\t")
        if not path.endswith(ALL_OF):
            yield line
            continue
        name = rest.partition("\t")[0]
        own = table.parent / name
        _, *below = _rows(own if own.exists() else FOLDER / name)
        yield from (path.removesuffix(ALL_OF) + "." + row for row in below)


def _rule(place: str) -> type[Rule]:
    module, _, name = place.rpartition(".")
    try:
        kind = getattr(importlib.import_module(f"{RULES}.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise UnusableProfileError(
            f"there is no rule {place}: a profile names rules as folder.file.Class below "
            f"{RULES}; {error}"
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, Rule)):
        raise UnusableProfileError(f"{place} is no rule")
    return kind
