"""Where symbol files come from, and the three answers that a source gives.

Not found is not failed: `Absent` says that a healthy source does not have the file, `Failed` that
we cannot know, or that what came cannot be used. Only the first may ever count as "no symbols".
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SourceKind(StrEnum):
    """How a source is read."""

    HTTP = "http"
    """A symbol server; its address is the base URL."""
    S3 = "s3"
    """A bucket and a prefix, `bucket/prefix`."""
    FOLDER = "folder"
    """A path of this machine."""


class BadSourceError(ValueError):
    """A source is configured in a way that cannot work; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Source:
    """One configured source; the list of a scope is looked at in order, the first hit wins.

    Attributes:
        name: for people, metrics and the ledger; unique within a deployment.
        address: by kind, see `SourceKind`.
        redirects: hosts that the source may send us to, as `host` or `host:port`; its own host is
            among them always.
        networks: that are not public and in which the source is configured to be (loopback, the
            local network); no other such address is ever connected to.
        plain_redirects: whether it may send us from https to http.
        absent: HTTP statuses that mean "not here". A bucket that we may not list says 403.
    """

    kind: SourceKind
    name: str
    address: str
    redirects: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    plain_redirects: bool = False
    absent: frozenset[int] = frozenset({404, 410})

    def __post_init__(self) -> None:
        """Refuse an address that cannot be one.

        Raises:
            BadSourceError: when a symbol server's is no base URL.
        """
        if self.kind is SourceKind.HTTP:
            _check_base_url(self.name, self.address)


def _check_base_url(name: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSourceError(f"source {name}: its address must begin with http:// or https://")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadSourceError(f"source {name}: no user, query or fragment can stand in its address")


class Reason(StrEnum):
    """Why a source gave no usable symbol file although it may have one."""

    THROTTLED = "throttled"
    """Status 429, or 503 with `Retry-After`."""
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    """No connection, no such name, or the connection broke before there was an answer."""
    TIMED_OUT = "timed_out"
    TOO_SLOW = "too_slow"
    """Bytes came, but fewer than the least that is waited for."""
    CUT_SHORT = "cut_short"
    """Fewer bytes came than were announced."""
    DAMAGED = "damaged"
    """The gzip cannot be unpacked."""
    RESTING = "resting"
    """It failed so often that it is left alone for a while."""
    SWITCHED_OFF = "switched_off"
    """By a knob: nobody asks it, and what it has comes when it is on again."""
    REFUSED = "refused"
    """A status that means neither the file, nor absence, nor a bad moment."""
    ADDRESS_REFUSED = "address_refused"
    """A name leads to an address where this source is not configured to be."""
    REDIRECT_REFUSED = "redirect_refused"
    """It sends us to a host that is not allowed, or from https to http."""
    REDIRECT_LOST = "redirect_lost"
    """A redirect without an address, or one that cannot be read."""
    REDIRECT_LOOP = "redirect_loop"
    """More redirects than are followed."""
    TOO_LARGE = "too_large"
    ZIP_BOMB = "zip_bomb"
    """It unpacks to more than symbol text ever does."""
    UNKNOWN_ENCODING = "unknown_encoding"
    NOT_SYMBOLS = "not_symbols"
    """Something else came, such as a web page: the first line is no MODULE line."""
    WRONG_MODULE = "wrong_module"
    """The MODULE line has another debug id."""
    UNPACKABLE = "unpackable"
    """The packer refuses the text, or dies of it."""
    BAD_ANSWER = "bad_answer"
    """No HTTP, or a code-id look-up that leads to no symbol file's place."""

    @property
    def is_passing(self) -> bool:
        """Whether asking again at once may help."""
        return self in _PASSING

    @property
    def is_the_files(self) -> bool:
        """Whether it tells of the file itself, so that it stays until there is another one."""
        return self in _OF_THE_FILE

    @property
    def is_the_sources(self) -> bool:
        """Whether it tells that the source is unwell, and not only that one file is."""
        return self in _UNWELL


_UNWELL = frozenset(
    {Reason.THROTTLED, Reason.SERVER_ERROR, Reason.UNREACHABLE, Reason.TIMED_OUT, Reason.TOO_SLOW}
)
_OF_THE_FILE = frozenset(
    {
        Reason.TOO_LARGE,
        Reason.ZIP_BOMB,
        Reason.UNKNOWN_ENCODING,
        Reason.WRONG_MODULE,
        Reason.UNPACKABLE,
    }
)
_PASSING = _UNWELL | {Reason.CUT_SHORT, Reason.DAMAGED, Reason.RESTING, Reason.SWITCHED_OFF}


@dataclass(frozen=True, slots=True)
class Found:
    """The symbol text is in the caller's file.

    Attributes:
        text_bytes: its length, decoded.
        origin: base URL of the symbol server; None for a bucket or a folder.
        etag: as the source gave it, if it did.
        host: that gave the bytes, after all redirects; None for a folder.
    """

    text_bytes: int
    origin: str | None = None
    etag: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A healthy source does not have it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """We cannot know whether the source has it, or what it has cannot be used.

    Attributes:
        reason: the stable code.
        detail: a sentence for a person; never a value from a dump, nor from the source but for the
            name of a host that it redirects to.
        retry_after: seconds for which the source asked to be left alone, if it did.
    """

    reason: Reason
    detail: str
    retry_after: float | None = None


Answer = Found | Absent | Failed
