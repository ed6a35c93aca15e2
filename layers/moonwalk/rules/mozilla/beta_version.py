"""The rule for betas, which tell the version that they want to become, not which beta they are."""

from collections.abc import Iterable
from typing import ClassVar, Self

from moonwalk.ports import Versions
from moonwalk.rules.reading import text
from moonwalk.rules.rule import Crash, Found, Parts, Rule

UNKNOWN_BETA = "b0"
FIREFOX, AURORA, DEVELOPER_EDITION = "Firefox", "aurora", "DevEdition"
LAST_OLD_AURORA = "20170601"
"""Builds after this day from Firefox's channel aurora are the Developer Edition's."""


class BetaVersionRule(Rule):
    """Looks up the whole version of a beta by its build id (Socorro's 40).

    Where nobody knows it, the version ends in `b0`. F12: whoever is asked may fail, and then
    nobody knows it; a crash without a version has a note and no field. The profile tells
    `products` and, in lower case, `channels`.
    """

    reads: ClassVar[tuple[str, ...]] = ("product", "release_channel", "build", "version")
    writes: ClassVar[tuple[str, ...]] = ("version",)

    def __init__(
        self, versions: Versions, products: Iterable[str] = (), channels: Iterable[str] = ()
    ) -> None:
        """Take who knows versions, and of which products and channels they are looked up."""
        self._versions = versions
        self._products = frozenset(products)
        self._channels = frozenset(channels)

    @classmethod
    def made(cls, parts: Parts) -> Self:
        """Make the rule with the look-up that is in force, as the profile says."""
        told = parts.told
        return cls(parts.versions, told.get("products", ()), told.get("channels", ()))

    def applies(self, crash: Crash) -> bool:
        """Say whether it is a crash of such a product and channel."""
        product = text(crash.processed.get("product"))
        return product in self._products and _channel(crash) in self._channels

    def act(self, crash: Crash) -> Found:
        """Give the version."""
        channel = _channel(crash)
        if known := self._known(crash, channel):
            return Found(fields={"version": known})
        version = text(crash.processed.get("version"))
        if version is None:
            return Found(notes=(f"'version' missing from {channel} processed_crash",))
        note = (
            f"release channel is {channel} but no version data was found - "
            f'added "{UNKNOWN_BETA}" suffix to version number'
        )
        return Found(fields={"version": f"{version}{UNKNOWN_BETA}"}, notes=(note,))

    def _known(self, crash: Crash, channel: str) -> str | None:
        product = crash.processed["product"]
        build = (text(crash.processed.get("build")) or "").strip()
        if (product, channel) == (FIREFOX, AURORA) and build > LAST_OLD_AURORA:
            product = DEVELOPER_EDITION
        return self._versions.of(product, channel, build) if build else None


def _channel(crash: Crash) -> str:
    return (text(crash.processed.get("release_channel")) or "").lower()
