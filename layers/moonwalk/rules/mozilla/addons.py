"""Rules for add-ons."""

from typing import Any, ClassVar
from urllib.parse import unquote_plus

from moonwalk.rules.reading import elements, unusable
from moonwalk.rules.rule import Crash, Found, Rule

CHECKED, ADDONS = "EMCheckCompatibility", "Add-ons"
MOST = 10_000
"""Add-ons that are listed; an annotation of nothing but commas holds millions."""
DEFAULT_THEME = "{972ce4c6-7e08-4474-a285-3208198ce6fd}"


class AddonsRule(Rule):
    """Lists the add-ons as `id:version`, and says if they were checked (Socorro's 23).

    F4: what is no text has a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = (CHECKED, ADDONS)
    writes: ClassVar[tuple[str, ...]] = ("addons_checked", "addons")

    def act(self, crash: Crash) -> Found:
        """Give both."""
        fields: dict[str, Any] = {}
        notes = []
        checked, addons = crash.raw.get(CHECKED), crash.raw.get(ADDONS)
        if checked is None:
            fields["addons_checked"] = None
        elif isinstance(checked, str):
            fields["addons_checked"] = checked.lower() == "true"
        else:
            notes.append(unusable(CHECKED))
        if not addons:
            fields["addons"] = []
        elif isinstance(addons, str):
            fields["addons"] = [_listed(part) for part in addons.split(",", MOST)[:MOST]]
        else:
            notes.append(unusable(ADDONS))
        return Found(fields=fields, notes=tuple(notes))


def _listed(part: str) -> str:
    """Give an add-on; whether it has a version is seen before its quoting is taken off."""
    return unquote_plus(part if ":" in part else f"{part}:NO_VERSION")


class ThemePrettyNameRule(Rule):
    """Says which of the add-ons is the default theme (Socorro's 45)."""

    reads: ClassVar[tuple[str, ...]] = ("addons",)
    writes: ClassVar[tuple[str, ...]] = ("addons",)

    def applies(self, crash: Crash) -> bool:
        """Say whether it is among them."""
        return any(map(_is_theme, elements(crash.processed.get("addons"))))

    def act(self, crash: Crash) -> Found:
        """Give the list with its name."""
        return Found(fields={"addons": list(map(_named, crash.processed["addons"]))})


def _is_theme(addon: object) -> bool:
    return isinstance(addon, str) and addon.partition(":")[0] == DEFAULT_THEME


def _named(addon: Any) -> Any:
    if not _is_theme(addon):
        return addon
    return addon.replace(DEFAULT_THEME, f"{DEFAULT_THEME} (default theme)", 1)
