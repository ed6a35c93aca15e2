"""Whatever a symbol server sends ends in a named reason, within limits, and leaves no file."""

import gzip
import os
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network

import pytest

from moonwalk.domain.symbol_sources import Answer, Failed, Found, Reason
from tests.integration.symbol_sources.conftest import Bench
from tests.servers import faults
from tests.servers.faults import Cut, Drip, Fault, First, Status, answer, raw, redirect
from tests.servers.symbol_server import SymbolServer
from tests.symbol_texts import PLACE, TEXT

TRIES = 4


def reason(answer: Answer) -> Reason:
    assert isinstance(answer, Failed), answer
    return answer.reason


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(Status(429), Reason.THROTTLED, id="429"),
        pytest.param(Status(500), Reason.SERVER_ERROR, id="500"),
        pytest.param(Status(503), Reason.SERVER_ERROR, id="503"),
        pytest.param(Status(503, {"Retry-After": "0"}), Reason.THROTTLED, id="503, come later"),
        pytest.param(Cut(10), Reason.CUT_SHORT, id="a body shorter than its length"),
        pytest.param(Cut(10, chunked=True), Reason.CUT_SHORT, id="a chunk that is cut"),
        pytest.param(faults.reset, Reason.UNREACHABLE, id="torn down"),
        pytest.param(faults.reset_in_the_middle, Reason.CUT_SHORT, id="torn down in the middle"),
        pytest.param(raw(b""), Reason.UNREACHABLE, id="closed without an answer"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nX-"), Reason.CUT_SHORT, id="headers that are cut"),
        pytest.param(
            answer(gzip.compress(TEXT)[:-9], Content_Encoding="gzip"),
            Reason.CUT_SHORT,
            id="a gzip that is cut",
        ),
        pytest.param(
            answer(gzip.compress(TEXT) + b"rubbish", Content_Encoding="gzip"),
            Reason.DAMAGED,
            id="rubbish behind the gzip",
        ),
        pytest.param(answer(TEXT, Content_Encoding="gzip"), Reason.DAMAGED, id="no gzip"),
    ],
)
def test_a_bad_moment_is_tried_again_and_then_told(bench: Bench, fault: Fault, why: Reason) -> None:
    assert reason(bench.fetch(fault)) is why
    assert bench.tries == TRIES
    assert len(bench.pauses) == TRIES - 1
    assert not bench.to.exists()


@pytest.mark.parametrize("fault", [Status(503), Cut(10), faults.reset_in_the_middle])
def test_a_bad_moment_that_passes_ends_in_the_file(bench: Bench, fault: Fault) -> None:
    assert isinstance(bench.fetch(First(2, fault)), Found)
    assert bench.to.read_bytes() == TEXT
    assert bench.tries == 3


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(
            answer(b"<!doctype html>\n<title>Sign in</title>\n", Content_Type="text/html"),
            Reason.NOT_SYMBOLS,
            id="200 with HTML",
        ),
        pytest.param(
            answer(TEXT.replace(b"0123", b"FFFF")), Reason.WRONG_MODULE, id="another module"
        ),
        pytest.param(faults.gzip_bomb, Reason.ZIP_BOMB, id="a zip bomb"),
        pytest.param(faults.endless_gzip, Reason.TOO_LARGE, id="a gzip that never ends"),
        pytest.param(faults.endless_text, Reason.TOO_LARGE, id="a text that never ends"),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n" + TEXT),
            Reason.TOO_LARGE,
            id="a length beyond the limit",
        ),
        pytest.param(
            answer(
                gzip.compress(TEXT + os.urandom(10_000).hex().encode() * 220),
                Content_Encoding="gzip",
            ),
            Reason.TOO_LARGE,
            id="much more text than bytes",
        ),
        pytest.param(
            answer(TEXT, Content_Encoding="br"), Reason.UNKNOWN_ENCODING, id="an unknown encoding"
        ),
        pytest.param(Status(403), Reason.REFUSED, id="403"),
        pytest.param(Status(400), Reason.REFUSED, id="400"),
        pytest.param(Status(204), Reason.REFUSED, id="204"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n\r\n"), Reason.BAD_ANSWER, id="no HTTP"),
        pytest.param(
            raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000), Reason.BAD_ANSWER, id="many headers"
        ),
    ],
)
def test_what_another_try_cannot_help_is_told_at_once(
    bench: Bench, fault: Fault, why: Reason
) -> None:
    assert reason(bench.fetch(fault)) is why
    assert bench.tries == 1
    assert not bench.to.exists()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(Drip(0.02), Reason.TOO_SLOW, id="the body"),
        pytest.param(Drip(0.02, at="headers"), Reason.TIMED_OUT, id="the headers"),
        pytest.param(Drip(0.02, at="chunk"), Reason.TIMED_OUT, id="the length of a chunk"),
        pytest.param(faults.silence(1), Reason.TIMED_OUT, id="silence before the answer"),
        pytest.param(Drip(1), Reason.TIMED_OUT, id="silence within the body"),
        pytest.param(faults.endless_moments, Reason.TIMED_OUT, id="one more moment"),
    ],
)
def test_a_server_that_drips_or_falls_silent_is_left_in_time(
    bench: Bench, fault: Fault, why: Reason
) -> None:
    bench.limits = replace(
        bench.limits,
        seconds=0.8,
        tries=1,
        answer_seconds=0.4,
        silence_seconds=0.3,
        speed_seconds=0.2,
    )
    started = time.monotonic()
    assert reason(bench.fetch(fault)) is why
    assert time.monotonic() - started < 3
    assert not bench.to.exists()


def test_all_tries_together_end_with_the_time_for_the_file(bench: Bench) -> None:
    bench.limits = replace(bench.limits, seconds=0.5, tries=1000, answer_seconds=0.1)
    started = time.monotonic()
    assert reason(bench.fetch(faults.silence(0.3))) is Reason.TIMED_OUT
    assert 2 <= bench.tries <= 6
    assert time.monotonic() - started < 3


def test_a_slow_start_is_forgiven(bench: Bench) -> None:
    assert isinstance(bench.fetch(faults.late(0.2)), Found)


def test_a_server_that_is_not_there_is_unreachable(bench: Bench) -> None:
    bench.server.stop()
    assert reason(bench.fetch()) is Reason.UNREACHABLE
    assert len(bench.pauses) == TRIES - 1


def test_what_the_server_asks_for_is_waited_for(bench: Bench) -> None:
    assert isinstance(bench.fetch(First(1, Status(429, {"Retry-After": "3"}))), Found)
    assert bench.pauses == [3.0]


@pytest.mark.parametrize("date", [True, False])
def test_a_server_that_asks_for_more_patience_than_there_is_time_is_told_at_once(
    bench: Bench, *, date: bool
) -> None:
    text = "Tue, 01 Jan 2075 00:00:00 GMT" if date else "600"
    answered = bench.fetch(Status(429, {"Retry-After": text}))
    assert isinstance(answered, Failed)
    assert answered.reason is Reason.THROTTLED
    assert answered.retry_after == (86_400 if date else 600)
    assert bench.tries == 1


@pytest.mark.parametrize("text", ["soon", "-1", "", "١٢", "Tue, 99 Foo 2026"])
def test_a_retry_after_that_cannot_be_read_is_not_there(bench: Bench, text: str) -> None:
    answered = bench.fetch(Status(429, {"Retry-After": text.encode().decode("latin-1")}))
    assert isinstance(answered, Failed)
    assert answered.retry_after is None
    assert bench.tries == TRIES


def test_a_refusal_counts_as_absent_where_that_is_configured(bench: Bench) -> None:
    bench.changes = {"absent": frozenset({403, 404})}
    assert not isinstance(bench.fetch(Status(403)), Failed)


def test_nothing_of_what_a_server_says_is_in_the_reason(bench: Bench) -> None:
    secret = "\x1b]0;evil\x07"
    said = [
        bench.fetch(Status(302, {"Location": f"ftp://{secret}/"})),
        bench.fetch(answer(secret.encode(), Content_Encoding=secret)),
        bench.fetch(answer(secret.encode())),
        bench.fetch(raw(secret.encode() + b"\r\n\r\n")),
    ]
    assert all(isinstance(one, Failed) and "evil" not in one.detail for one in said)


def test_a_redirect_loop_is_left(bench: Bench) -> None:
    assert reason(bench.fetch(redirect(f"/{PLACE.path}"))) is Reason.REDIRECT_LOOP
    assert bench.tries == bench.limits.redirects + 1


def test_as_many_redirects_as_allowed_lead_to_the_file(bench: Bench) -> None:
    way = [f"step/{number}" for number in range(bench.limits.redirects - 1)]
    for here, there in zip([PLACE.path, *way], [*way, "end"], strict=True):
        bench.server.faults[here] = redirect(f"/{there}")
    bench.server.faults["end"] = answer(TEXT)
    assert isinstance(bench.fetch(), Found)


@pytest.mark.parametrize(
    "sent", [Status(302), redirect(" "), redirect("http://:80/"), redirect("http://[::1/x")]
)
def test_a_redirect_without_an_address_is_told(bench: Bench, sent: Fault) -> None:
    assert reason(bench.fetch(sent)) is Reason.REDIRECT_LOST


@pytest.mark.parametrize(
    "address",
    [
        "http://elsewhere.example/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:1/x",
        "//elsewhere.example/x",
        "http://localhost/x",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://user@127.0.0.1/x",
        "http://allowed.example@elsewhere.example/",
        "http://allowed.example.elsewhere.example/",
        "http://allowed.example:81/",
    ],
)
def test_a_redirect_to_a_host_that_is_not_on_the_list_is_refused(
    bench: Bench, address: str
) -> None:
    bench.changes = {"redirects": ("allowed.example",)}
    looked_up: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    bench.resolve = resolve
    assert reason(bench.fetch(redirect(address))) is Reason.REDIRECT_REFUSED
    assert looked_up == ["127.0.0.1"]


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.2", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254", "0.0.0.0"],  # noqa: S104
)
def test_a_host_on_the_list_that_leads_inside_is_refused(bench: Bench, inside: str) -> None:
    own = (ip_network("127.0.0.1/32"),)
    bench.changes = {"redirects": ("storage.example",), "networks": own}
    bench.resolve = lambda host, _port: [inside if host == "storage.example" else host]
    assert reason(bench.fetch(redirect("http://storage.example/x"))) is Reason.ADDRESS_REFUSED


def test_an_allowed_redirect_to_another_server_is_followed(
    bench: Bench, make_server: Callable[[], SymbolServer]
) -> None:
    storage = make_server()
    storage.faults["kept/elsewhere"] = answer(TEXT, ETag='"e1"')
    bench.changes = {"redirects": (f"STORAGE.example:{storage.port}",)}
    bench.resolve = lambda _host, _port: ["127.0.0.1"]
    address = f"http://storage.example:{storage.port}/kept/elsewhere?signature=a%2Fb"
    assert bench.fetch(redirect(address)) == Found(
        len(TEXT), bench.server.url, '"e1"', f"storage.example:{storage.port}"
    )
    assert storage.asked[0].query == {"signature": "a/b"}
    assert storage.asked[0].headers["host"] == f"storage.example:{storage.port}"
    assert "authorization" not in storage.asked[0].headers


def test_a_server_that_fails_now_and_then_is_never_one_without_the_file(bench: Bench) -> None:
    bench.limits = replace(bench.limits, tries=1)
    bench.server.rate = 0.5
    told = [bench.fetch() for _ in range(30)]
    failed = [one for one in told if isinstance(one, Failed)]
    assert {one.reason for one in failed} == {Reason.SERVER_ERROR}
    assert all(isinstance(one, Found | Failed) for one in told)
    assert 0 < len(failed) < len(told)
    bench.server.well = True
    assert all(isinstance(bench.fetch(), Found) for _ in range(10))
