"""Builders of crashes for tests of rules, and what any JSON may be."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from moonwalk.domain.dumps import DumpName
from moonwalk.domain.outcome import WalkResult
from moonwalk.domain.schema import Schema
from moonwalk.domain.signature import Signature
from moonwalk.rules import profile
from moonwalk.rules.rule import NOTHING, Crash, Found, Parts, Rule
from tests.builders import CRASH_ID

HUGE = "1" * 5_000
"""A number of more digits than Python is willing to read."""

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        ["", "\0", "\ud800", " 12 ", "true", "nan", "1e999", HUGE, "a:b,c", int(HUGE[1:4000])]
    ),
    st.text(max_size=8),
)
"""Any JSON value without parts, odd ones more often than chance would have it."""

ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def likely(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Build an object that has these parts or lacks some, or any other value in its place."""
    return st.one_of(st.fixed_dictionaries({}, optional=parts), ANY_JSON)


def several(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Build a list of such parts, or any other value in its place."""
    return st.one_of(st.lists(part, max_size=3), ANY_JSON)


FRAME = likely(
    file=ANY_JSON,
    function=ANY_JSON,
    inlines=several(likely(file=ANY_JSON, function=ANY_JSON)),
    module=ANY_JSON,
)
THREAD = likely(
    frames=st.one_of(
        several(FRAME), st.lists(FRAME, min_size=1, max_size=1).map(lambda f: f * 501)
    ),
    thread_name=ANY_JSON,
    last_error_value=ANY_JSON,
)
JSON_DUMPS = likely(
    crash_info=likely(
        address=ANY_JSON,
        adjusted_address=likely(
            kind=st.sampled_from(["null-pointer", "non-canonical"]), address=ANY_JSON
        ),
        crash_inconsistencies=ANY_JSON,
        crashing_thread=st.one_of(st.integers(-3, 3), ANY_JSON),
        memory_accesses=several(likely(is_likely_guard_page=ANY_JSON)),
        possible_bit_flips=several(likely(confidence=ANY_JSON)),
        type=ANY_JSON,
    ),
    crashing_thread=THREAD,
    lsb_release=likely(description=ANY_JSON),
    mac_boot_args=ANY_JSON,
    mac_crash_info=likely(num_records=ANY_JSON, records=ANY_JSON),
    modules=several(
        likely(
            code_id=ANY_JSON,
            debug_id=ANY_JSON,
            filename=ANY_JSON,
            missing_symbols=ANY_JSON,
            symbol_url=st.one_of(
                st.sampled_from(["http://localhost/", "http://[bad/", "https://a/?b"]), ANY_JSON
            ),
            version=ANY_JSON,
        )
    ),
    pid=ANY_JSON,
    soft_errors=ANY_JSON,
    status=st.one_of(st.just("OK"), ANY_JSON),
    system_info=likely(
        cpu_arch=ANY_JSON,
        cpu_count=ANY_JSON,
        cpu_info=ANY_JSON,
        cpu_microcode_version=ANY_JSON,
        os=ANY_JSON,
        os_ver=ANY_JSON,
    ),
    thread_count=ANY_JSON,
    threads=several(THREAD),
)
"""Outputs of a stackwalker that have all parts that rules look at, any of them of any type."""


class NoSignatures:
    """A maker of signatures that knows one."""

    def sign(self, processed: Mapping[str, Any]) -> Signature:  # noqa: ARG002
        """Make it."""
        return Signature("signature")


class NoVersions:
    """A look-up of versions that finds none."""

    def of(self, product: str, channel: str, build_id: str) -> str | None:  # noqa: ARG002
        """Find none."""
        return None


def crash(
    raw: Mapping[str, Any] | None = None,
    processed: Mapping[str, Any] | None = None,
    walks: Mapping[str, WalkResult] | None = None,
    dumps: Iterable[str] = (),
    files: Mapping[str, Path] | None = None,
) -> Crash:
    """Build a crash; names of dumps are plain, and walked ones are dumps, too."""
    walked = {DumpName(name): walk for name, walk in (walks or {}).items()}
    return Crash(
        crash_id=CRASH_ID,
        raw=raw or {},
        processed=processed or {},
        dumps=tuple(dict.fromkeys([*map(DumpName, dumps), *walked])),
        walks=walked,
        files={DumpName(name): path for name, path in (files or {}).items()},
    )


def socorro_fields() -> Schema:
    """Read the schema of processed crashes of Socorro's profile."""
    return profile.public_view("socorro").fields


def parts(
    told: Mapping[str, Any] | None = None,
    *,
    own_hosts: Iterable[str] = (),
    schema: Schema | None = None,
    **others: Any,
) -> Parts:
    """Build what rules are made of, by the Socorro profile's schema unless another is given."""
    return Parts(
        schema=schema or socorro_fields(),
        signatures=others.get("signatures", NoSignatures()),
        versions=others.get("versions", NoVersions()),
        own_hosts=frozenset(own_hosts),
        told=told or {},
    )


def act(rule: Rule, crash: Crash) -> Found:
    """Take a rule's turn, as `moonwalk.rules.running` does, but for failures."""
    return rule.act(crash) if rule.applies(crash) else NOTHING
