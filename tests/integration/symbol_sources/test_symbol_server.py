"""What a client and a symbol server say to each other when all is well."""

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Failed, Found, Reason
from tests.integration.symbol_sources.conftest import Bench
from tests.servers.faults import Status, answer, redirect
from tests.servers.symbol_server import SymbolServer
from tests.symbol_texts import DEBUG_ID, MODULE, PLACE, TEXT, put

NAME = "symbols.example"
CODE = LoadedModule("", "", r"c:\w\lib.dll", "5b1a2c3d1000")
CODE_PATH = "lib.dll/5B1A2C3D1000/lib.sym"


def test_the_request_is_upstreams(bench: Bench) -> None:
    bench.fetch()
    (asked,) = bench.server.asked
    assert asked.path == f"lib.so/{DEBUG_ID}/lib.so.sym"
    assert asked.query == {"code_file": "lib.so", "code_id": "abcdef01"}
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers["host"] == bench.server.url.removeprefix("http://")
    assert "cookie" not in asked.headers


def test_what_a_dump_says_of_the_code_file_is_a_value_and_nothing_more(bench: Bench) -> None:
    hostile = replace(MODULE, code_file="../a&code_id=1#\u20ac b.so", code_id="x\r\nHost: evil")
    assert isinstance(bench.client.fetch(PLACE, hostile, bench.to), Found)
    assert bench.server.asked[0].query == {"code_file": "a&code_id=1#\u20ac b.so", "code_id": ""}


def test_a_code_file_without_a_usable_name_is_left_out(bench: Bench) -> None:
    nameless = replace(MODULE, code_file="a/..\ud800", code_id="")
    assert isinstance(bench.client.fetch(PLACE, nameless, bench.to), Found)
    assert bench.server.asked[0].query == {"code_file": "", "code_id": ""}


def test_a_server_that_redirects_to_its_storage_as_tecken_does_is_followed(
    bench: Bench, make_server: Callable[[], SymbolServer]
) -> None:
    storage = make_server()
    put(storage.folder)
    storage.compressed = True
    bench.server.storage = storage.url
    bench.changes = {"redirects": (storage.url.removeprefix("http://"),)}
    host = storage.url.removeprefix("http://")
    assert bench.fetch() == Found(len(TEXT), bench.server.url, '"packed"', host)
    assert bench.to.read_bytes() == TEXT
    assert storage.counts == {PLACE.path: 1}


def test_a_base_url_may_have_a_path(bench: Bench) -> None:
    put(bench.server.folder / "deep" / "er")
    bench.changes = {"address": f"{bench.server.url}/deep/er/"}
    found = bench.fetch()
    assert isinstance(found, Found)
    assert found.origin == f"{bench.server.url}/deep/er"


def test_the_place_of_a_code_file_is_told_by_a_redirect(bench: Bench) -> None:
    bench.server.codes[CODE_PATH] = f"/lib.pdb/{DEBUG_ID}/lib.sym"
    assert bench.client.place_of(CODE) == SymbolPlace("lib.pdb", DEBUG_ID, "lib.sym")
    assert bench.server.counts == {CODE_PATH: 1}


def test_the_place_of_a_code_file_may_be_told_with_another_servers_address(bench: Bench) -> None:
    there = f"https://elsewhere.example/a/lib%20b.pdb/{DEBUG_ID}/lib%20b.sym?x=/y"
    bench.server.codes[CODE_PATH] = there
    assert bench.client.place_of(CODE) == SymbolPlace("lib b.pdb", DEBUG_ID, "lib b.sym")


def test_a_code_file_that_the_server_does_not_know_is_absent(bench: Bench) -> None:
    assert bench.client.place_of(CODE) == Absent()


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ("/", Reason.BAD_ANSWER),
        ("/a/b/c", Reason.BAD_ANSWER),
        (f"/%2e%2e/{DEBUG_ID}/x.sym", Reason.BAD_ANSWER),
        (f"/a%00/{DEBUG_ID}/x.sym", Reason.BAD_ANSWER),
        (f"ftp://x/a/{DEBUG_ID}/a.sym", Reason.REDIRECT_REFUSED),
        ("", Reason.REDIRECT_LOST),
    ],
)
def test_an_answer_to_a_code_file_that_is_no_place_is_told(
    bench: Bench, there: str, why: Reason
) -> None:
    bench.server.codes[CODE_PATH] = there
    told = bench.client.place_of(CODE)
    assert isinstance(told, Failed)
    assert told.reason is why


@pytest.mark.parametrize(
    ("status", "why"), [(503, Reason.SERVER_ERROR), (200, Reason.REFUSED), (403, Reason.REFUSED)]
)
def test_a_failing_look_up_of_a_code_file_is_not_absence(
    bench: Bench, status: int, why: Reason
) -> None:
    bench.server.faults[CODE_PATH] = Status(status)
    told = bench.client.place_of(CODE)
    assert isinstance(told, Failed)
    assert told.reason is why


def test_no_proxy_is_taken_from_the_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert isinstance(bench.fetch(), Found)


def test_a_name_that_resolves_differently_the_second_time_leads_nowhere(bench: Bench) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])
    bench.resolve = lambda _host, _port: [next(answers)]
    named = bench.server.url.replace("127.0.0.1", NAME)
    bench.changes = {"address": named}
    bench.server.faults[PLACE.path] = redirect(f"{named}/again")
    told = bench.fetch()
    assert isinstance(told, Failed)
    assert told.reason is Reason.ADDRESS_REFUSED
    assert bench.server.counts == {PLACE.path: 1}


def test_a_name_is_resolved_once_for_each_connection(bench: Bench) -> None:
    looked_up: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["127.0.0.1"]

    bench.resolve = resolve
    bench.changes = {"address": bench.server.url.replace("127.0.0.1", NAME)}
    assert isinstance(bench.fetch(), Found)
    assert looked_up == [(NAME, bench.server.port)]


def test_an_address_that_takes_no_connection_is_passed_over(bench: Bench) -> None:
    bench.resolve = lambda _host, _port: ["::1", "127.0.0.1"]
    assert isinstance(bench.fetch(), Found)


def test_a_source_that_is_not_configured_to_be_inside_is_not_asked_there(bench: Bench) -> None:
    bench.changes = {"networks": ()}
    told = bench.fetch()
    assert isinstance(told, Failed)
    assert told.reason is Reason.ADDRESS_REFUSED
    assert not bench.server.asked


class Tls:
    """A certificate for one name, and a server's side of TLS with it."""

    def __init__(self, folder: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate = folder / "certificate.pem"
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private = folder / "key.pem"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, private)
        self.names: list[str | None] = []
        self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tls:
    made = Tls(tmp_path, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    return made


def secured(bench: Bench, tls: Tls, name: str = NAME) -> Bench:
    bench.server.tls = tls.context
    bench.resolve = lambda _host, _port: ["127.0.0.1"]
    bench.changes = {"address": f"https://{name}:{bench.server.port}"}
    return bench


def test_over_tls_the_name_is_asked_for_and_checked_at_the_address(bench: Bench, tls: Tls) -> None:
    assert isinstance(secured(bench, tls).fetch(), Found)
    assert tls.names == [NAME]
    assert bench.server.asked[0].headers["host"] == f"{NAME}:{bench.server.port}"


def test_a_certificate_of_another_name_is_refused(bench: Bench, tls: Tls) -> None:
    told = secured(bench, tls, "other.example").fetch()
    assert isinstance(told, Failed)
    assert told.reason is Reason.UNREACHABLE
    assert not bench.server.asked


def test_a_certificate_that_nobody_vouches_for_is_refused(
    bench: Bench, tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    told = secured(bench, tls).fetch()
    assert isinstance(told, Failed)
    assert told.reason is Reason.UNREACHABLE


@pytest.mark.parametrize("configured", [False, True])
def test_a_redirect_from_https_to_http_is_followed_only_where_that_is_configured(
    bench: Bench, tls: Tls, make_server: Callable[[], SymbolServer], *, configured: bool
) -> None:
    plain = make_server()
    plain.faults["x"] = answer(TEXT)
    secured(bench, tls).changes |= {
        "redirects": (f"127.0.0.1:{plain.port}",),
        "plain_redirects": configured,
    }
    told = bench.fetch(redirect(f"{plain.url}/x"))
    if configured:
        assert isinstance(told, Found)
    else:
        assert isinstance(told, Failed)
        assert told.reason is Reason.REDIRECT_REFUSED
