"""A source is checked while it is configured, and every reason says of what it tells."""

import pytest

from moonwalk.domain.symbol_sources import BadSourceError, Reason, Source, SourceKind


@pytest.mark.parametrize(
    "address",
    [
        "",
        "symbols.example",
        "ftp://symbols.example/",
        "http://",
        "https:///symbols",
        "https://user:secret@symbols.example/",
        "https://symbols.example/?token=secret",
        "https://symbols.example/#there",
        "https://symbols.example:99999/",
        "https://symbols.example:0/",
        "https://[::1/",
    ],
)
def test_a_symbol_server_needs_a_plain_base_url(address: str) -> None:
    with pytest.raises(BadSourceError) as refused:
        Source(SourceKind.HTTP, "ours", address)
    assert "secret" not in str(refused.value)
    assert "ours" in str(refused.value)


@pytest.mark.parametrize(
    "address", ["https://symbols.example", "http://127.0.0.1:8000/a/b/", "https://[::1]:8000"]
)
def test_a_base_url_is_taken(address: str) -> None:
    assert Source(SourceKind.HTTP, "ours", address).address == address


def test_what_tells_that_a_source_is_unwell_may_pass() -> None:
    unwell = {reason for reason in Reason if reason.is_the_sources}
    assert unwell
    assert all(reason.is_passing for reason in unwell)
    assert Reason.DAMAGED not in unwell
