"""The rule that lists what a crash report consists of."""

import re
from typing import ClassVar

from moonwalk.rules.rule import ANY, Crash, Found, Rule

VALID = re.compile(r"[a-zA-Z0-9_-]+\n?")
MOST_CHARACTERS = 100


class CrashReportKeysRule(Rule):
    """Lists the names of all annotations and dumps, without their values (Socorro's 3).

    Names that are no words are left out, long ones cut; a note tells that there were such. That
    a line break at the end passes is Socorro's way.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANY,)
    writes: ClassVar[tuple[str, ...]] = ("crash_report_keys",)

    def act(self, crash: Crash) -> Found:
        """Give the names, sorted."""
        names = {*crash.raw, *(dump.text for dump in crash.dumps)}
        kept = {name[:MOST_CHARACTERS] for name in names if VALID.fullmatch(name)}
        notes = () if kept == names else ("invalidkeys: Crash report contains invalid keys",)
        return Found(fields={"crash_report_keys": sorted(kept)}, notes=notes)
