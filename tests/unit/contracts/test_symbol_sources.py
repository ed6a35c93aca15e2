"""Symbol sources as a setting and as an environment variable: the same, or a clear refusal."""

import ipaddress
import json
from typing import Any

import pytest

from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.symbol_sources import BadSourceError, Source, SourceKind

HTTP: dict[str, Any] = {"kind": "http", "name": "a", "address": "https://symbols.example/"}
ALL = {
    "default": [
        {**HTTP, "redirects": ["store.example:8443"], "networks": ["10.0.0.0/8"]},
        {"kind": "s3", "name": "b", "address": "bucket/v1", "absent": [403, 404]},
    ],
    "thunderbird": [{"kind": "folder", "name": "c", "address": "/symbols"}],
}


def test_every_scope_has_its_sources_in_their_order() -> None:
    found = SymbolSources.read(ALL)
    assert [source.name for source in found.of("default")] == ["a", "b"]
    assert found.of("default")[0].networks == (ipaddress.ip_network("10.0.0.0/8"),)
    assert found.of("default")[1].absent == {403, 404}
    assert found.of("thunderbird") == (Source(SourceKind.FOLDER, "c", "/symbols"),)
    assert found.of("other") == ()


@pytest.mark.parametrize("given", [ALL, [HTTP], {}, []])
def test_they_come_out_of_the_environment_as_they_went_in(given: Any) -> None:
    found = SymbolSources.read(given)
    assert SymbolSources.read(found.text()) == SymbolSources.read(json.dumps(given)) == found
    assert bool(found) == bool(given)


def test_a_bare_list_is_that_of_the_default_scope() -> None:
    assert SymbolSources.read([HTTP]) == SymbolSources.read({"default": [HTTP]})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "no JSON"),
        (7, "neither a list nor an object"),
        ({"A b": []}, "scope 'A b'"),
        ({"default": HTTP}, "no list of objects"),
        (["https://symbols.example/"], "no list of objects"),
        ([{**HTTP, "name": "A source"}], "'A source'"),
        ([{"kind": "http", "name": "a"}], "source a: it has no address"),
        ([{**HTTP, "adress": "x"}], "'adress', which means nothing"),
        ([{**HTTP, "kind": "ftp"}], "none of http, s3, folder"),
        ([{**HTTP, "kind": []}], "none of http, s3, folder"),
        ([{**HTTP, "address": "symbols.example"}], "must begin with http"),
        ([{**HTTP, "address": "https://me:secret@symbols.example"}], "no user"),
        ([{**HTTP, "address": 7}], "is no text"),
        ([{**HTTP, "kind": "s3", "address": "S3://b"}], "a bucket's name, or bucket/prefix"),
        ([{**HTTP, "kind": "folder", "address": "symbols"}], "begins with /"),
        ([{**HTTP, "redirects": "here"}], "redirects must be a list"),
        ([{**HTTP, "redirects": ["https://here/"]}], "no host or host:port"),
        ([{**HTTP, "networks": ["10.0.0.1/8"]}], "none such as"),
        ([{**HTTP, "plain_redirects": "yes"}], "true or false"),
        ([{**HTTP, "absent": [500]}], "from 400 to 499"),
        ([{**HTTP, "absent": [True]}], "from 400 to 499"),
        ({"default": [HTTP], "other": [HTTP]}, "another one has the same name"),
        ([{**HTTP, "name": f"a{n}"} for n in range(40)], "more than 2000 bytes"),
    ],
)
def test_a_mistake_is_told_with_the_source_that_has_it(given: Any, said: str) -> None:
    with pytest.raises(BadSourceError, match=said) as caught:
        SymbolSources.read(given)
    assert "secret" not in str(caught.value)
