"""Schemas: tables that say what a document may hold, and who may see it."""

from typing import Any

import pytest

from moonwalk.domain.schema import Schema

HEAD = "path\ttype\tpermission\tsource_annotation\tdefault"


def schema(*rows: str) -> Schema:
    """Read rows whose cells are parted by blanks."""
    return Schema.read([HEAD, *(row.replace(" ", "\t") for row in rows)])


TYPES = ("null", "boolean", "string", "integer", "number", "array", "object")
VALUES: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "string": ["", "a"],
    "integer": [0, -1, 10**30],
    "number": [0.0, 1.5, float("nan"), float("inf")],
    "array": [[], [1, "a"]],
    "object": [{}, {"a": 1}],
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("other", TYPES)
def test_a_type_takes_its_own_values_and_no_others(kind: str, other: str) -> None:
    field = schema(f"field {kind} public")
    assert [field.fits("field", value) for value in VALUES[other]] == [kind == other] * len(
        VALUES[other]
    )


@pytest.mark.parametrize("kind", TYPES)
def test_any_takes_all_values(kind: str) -> None:
    field = schema("field any public")
    assert all(field.fits("field", value) for value in VALUES[kind])


def test_several_types_take_the_values_of_each() -> None:
    field = schema("field string/null public")
    assert field.fits("field", "a")
    assert field.fits("field", None)
    assert not field.fits("field", 1)


def test_a_name_that_the_schema_does_not_know_takes_nothing() -> None:
    assert not schema("field any public").fits("other", None)


NESTED = schema(
    "list array public",
    "list[] object public",
    "list[].name string public",
    "list[].secret string protected",
    "map object public",
    "map.known integer public",
    "map.<WORD> object public",
    "map.<WORD>.size number public",
    "table array public",
    "table[] array public",
    "table[][] integer public",
    "hidden object protected",
    "hidden.shown string public",
    "hidden_items array public",
    "hidden_items[] string protected",
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("list", [{"name": "a"}, {}]),
        ("list", []),
        ("list", [{"unknown": 5}]),
        ("map", {"known": 1, "x": {"size": 1.5}}),
        ("map", {"": "an empty key matches no word", "a\nb": "nor does one of two lines"}),
        ("table", [[1], []]),
    ],
)
def test_values_fit_by_all_their_known_parts(name: str, value: Any) -> None:
    assert NESTED.fits(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("list", [{"name": None}]),
        ("list", ["a"]),
        ("list", {}),
        ("map", {"known": 1.0}),
        ("map", {"x": {"size": 1}}),
        ("map", {"x": 5}),
        ("table", [[1], [True]]),
        ("hidden", {"shown": 5}),
    ],
)
def test_one_part_that_does_not_fit_spoils_the_whole(name: str, value: Any) -> None:
    assert not NESTED.fits(name, value)


@pytest.mark.parametrize(
    ("document", "public"),
    [
        ({"unknown": 1}, {}),
        ({"hidden": {"shown": "a"}}, {}),
        ({"list": [{"name": "a", "secret": "b", "odd": "c"}]}, {"list": [{"name": "a"}]}),
        ({"map": {"x": {"size": 1.5, "odd": 1}, "": {"size": 1.5}}}, {"map": {"x": {"size": 1.5}}}),
        ({"hidden_items": ["a"]}, {"hidden_items": []}),
        ({"table": [[1], [2]]}, {"table": [[1], [2]]}),
    ],
)
def test_only_what_is_known_and_public_is_shown(
    document: dict[str, Any], public: dict[str, Any]
) -> None:
    assert NESTED.public(document) == public


@pytest.mark.parametrize(
    ("document", "public"),
    [
        ({"map": {"known": "a", "x": {"size": 2.5}}}, {"map": {"x": {"size": 2.5}}}),
        ({"map": 5, "list": []}, {"list": []}),
        ({"list": [{"name": 5}, {"name": "b"}]}, {"list": [{}, {"name": "b"}]}),
        ({"table": [[1], 5], "map": {}}, {"map": {}}),
    ],
)
def test_what_does_not_fit_costs_no_more_than_the_key_that_it_stands_under(
    document: dict[str, Any], public: dict[str, Any]
) -> None:
    assert NESTED.public(document) == public


def test_the_public_part_is_in_the_tables_order() -> None:
    document: dict[str, Any] = {"map": {}, "table": [], "list": []}
    assert list(NESTED.public(document)) == ["list", "map", "table"]


def test_a_field_may_have_sources_and_a_default() -> None:
    places = schema("a string/null public Product/prod", "b boolean public Flag true").places
    assert (places["a"].sources, places["a"].default) == (("Product", "prod"), None)
    assert (places["b"].sources, places["b"].default) == (("Flag",), True)
    assert (places["a"].kind, places["b"].kind) == ("string", "boolean")


def test_quotes_and_missing_cells_mean_nothing_special() -> None:
    places = Schema.read(["path\ttype\tpermission", 'say "x\tstring\tpublic', "b\tstring"]).places
    assert places['say "x'].public
    assert not places["b"].public


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a.b string public"], "a.b stands below a, which has no row of its own"),
        (["a object public", "a.b.c string public"], "a.b.c stands below b"),
        (["a array public", "a[].b string public"], r"a\[\].b stands below \[\]"),
        (["a  public"], "a has a type ''"),
        (["a text public"], "a has a type 'text'"),
        (["a string/ public"], "a has a type ''"),
        (["a string public", "a string public"], "a has two rows"),
        (["a array public", "a[] string public", "a[] null public"], r"a\[\] has two rows"),
        (["a boolean public A yes"], "a has a default 'yes'"),
        (["a array public A"], "a is of type array, which no annotation is read as"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(rows: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        schema(*rows)
