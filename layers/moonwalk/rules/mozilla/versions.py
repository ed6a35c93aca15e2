"""Rules for the versions of Mozilla's products, which are not always what they say."""

from typing import ClassVar

from moonwalk.rules.reading import quoted, text, unusable
from moonwalk.rules.rule import Crash, Found, Rule


class FenixVersionRewriteRule(Rule):
    """Gives the nightly builds of Fenix, whose version is a date, one number (Socorro's 7).

    F5: it asks for the product by the name that it has.
    """

    reads: ClassVar[tuple[str, ...]] = ("product", "version")
    writes: ClassVar[tuple[str, ...]] = ("version",)

    def applies(self, crash: Crash) -> bool:
        """Say whether it is such a build."""
        version = text(crash.processed.get("version")) or ""
        return version.startswith("Nightly ") and crash.processed.get("product") == "Fenix"

    def act(self, crash: Crash) -> Found:
        """Give the number."""
        old = quoted(crash.processed["version"])
        note = f"Changed version from {old!r} to 0.0a1"
        return Found(fields={"version": "0.0a1"}, notes=(note,))


class ESRVersionRewrite(Rule):
    """Adds `esr` to versions of the extended support release, which are told apart so (8)."""

    reads: ClassVar[tuple[str, ...]] = ("release_channel", "version")
    writes: ClassVar[tuple[str, ...]] = ("version",)

    def applies(self, crash: Crash) -> bool:
        """Say whether it is such a release."""
        return crash.processed.get("release_channel") == "esr"

    def act(self, crash: Crash) -> Found:
        """Give the version with the suffix."""
        version = text(crash.processed.get("version"))
        if version is None:
            return Found(notes=("'version' missing from esr release processed_crash",))
        return Found(fields={"version": f"{version}esr"})


class MajorVersionRule(Rule):
    """Gives the number before the first dot of the version; 0 where there is none (19).

    F4: a version that is no text has a note and no field.
    """

    annotations: ClassVar[tuple[str, ...]] = ("Version",)
    writes: ClassVar[tuple[str, ...]] = ("major_version",)

    def act(self, crash: Crash) -> Found:
        """Give the number."""
        version = crash.raw.get("Version")
        if version is None:
            version = ""
        if not isinstance(version, str):
            return Found(notes=(unusable("Version"),))
        try:
            major = int(version.partition(".")[0])
        except ValueError:
            major = 0
        return Found(fields={"major_version": major})
