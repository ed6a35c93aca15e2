"""One browser for all tests of the page."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import CHROMIUM, Browser, chromium


@pytest.fixture(scope="session")
def chromium_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Give the one page of the one browser."""
    if CHROMIUM is None:
        pytest.skip("no chromium on PATH; on Debian: apt-get install chromium")
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def browser(chromium_page: Browser) -> Browser:
    """Give the browser as it is at its start: a wide window, in light colours."""
    chromium_page.look(1200)
    return chromium_page
