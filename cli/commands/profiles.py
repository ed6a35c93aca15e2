"""The profile that a command was given: what is public, and where source files are browsed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.exits import UsageError

if TYPE_CHECKING:
    from cli.sources import SourceBrowsers
    from moonwalk.domain.public import PublicView


def chosen(name: str, sources: Iterable[str] = ()) -> "tuple[PublicView, SourceBrowsers]":
    """Read a profile, and put source browsers beside those that it has.

    Raises:
        UsageError: when there is no such profile, or a source browser cannot be used.
    """
    from cli.sources import SourceBrowsers
    from moonwalk.rules.profile import UnusableProfileError, public_view, source_browsers

    try:
        return public_view(name), SourceBrowsers.read(sources, source_browsers(name))
    except UnusableProfileError as error:
        raise UsageError(str(error), "name one by --profile") from error
