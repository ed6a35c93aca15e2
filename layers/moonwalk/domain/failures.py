"""The three ways in which a request can end other than well, with their stable codes.

MoonwalkError
├── RetryLater   the world failed: the same request may succeed in a while
└── DeadLetter   the request is wrong: repeating it cannot help, a person has to look

The third kind is no exception: what a dump turns out to be (malformed, empty, too much) is an
*outcome* that is stored with the crash, see `moonwalk.domain.outcome`.
"""

from enum import StrEnum


class RetryCode(StrEnum):
    """Why a request is tried again."""

    THROTTLED = "throttled"
    """A service asked us to slow down."""
    UNAVAILABLE = "unavailable"
    """A service failed or could not be reached."""
    LIGHT_LANE_FAILED = "light_lane_failed"
    """The Express workflow ended without an answer for a reason that is not the crash's own."""
    WALKER_BROKEN = "walker_broken"
    """The stackwalker could not be started."""
    BROKER_BROKEN = "broker_broken"
    """The symbol broker could not be started, or does not listen."""
    SYMBOLS_INTERRUPTED = "symbols_interrupted"
    """The symbol broker went away, or a pack was replaced, under a walk and under the next."""
    WORKER_BROKEN = "worker_broken"
    """Disk, memory, descriptors or threads failed a worker, which fails other crashes likewise."""
    SCRATCH_FULL = "scratch_full"
    """There is no room for dumps where they are walked, or for symbols where they are packed."""
    PACKER_BROKEN = "packer_broken"
    """The packer could not be started, or does not answer as this release's does."""


class DeadLetterCode(StrEnum):
    """Why a request goes to the dead-letter queue."""

    BAD_MESSAGE = "bad_message"
    """The body is no message that the intake knows."""
    BAD_CRASH_ID = "bad_crash_id"
    """There is no crash id in it, or one whose date does not exist."""
    UNKNOWN_RULESET = "unknown_ruleset"
    RAW_CRASH_MISSING = "raw_crash_missing"
    RAW_CRASH_UNREADABLE = "raw_crash_unreadable"
    """The raw crash is no JSON object, or larger than the limit."""
    DUMP_NAMES_MISSING = "dump_names_missing"
    DUMP_NAMES_UNREADABLE = "dump_names_unreadable"
    """The list of dump names is no JSON array of text, or longer than the limit."""
    BAD_DUMP_NAME = "bad_dump_name"
    DUMP_MISSING = "dump_missing"
    """A dump that the list names is not in the bucket."""
    DUMP_UNREADABLE = "dump_unreadable"
    """A stored dump is larger than a dump can be, or says it is gzip and is not."""
    PROCESSED_CRASH_UNREADABLE = "processed_crash_unreadable"
    """The stored processed crash, of which a part was to be made anew, is no JSON object."""
    TRIES_EXHAUSTED = "tries_exhausted"
    """The world failed at every try that this message had."""
    NO_ANSWER = "no_answer"
    """The crash was started as often as allowed and never ended (poison, or lost capacity)."""
    BAD_SYMBOL_KEY = "bad_symbol_key"
    """A symbol file lies where none belongs, or under a name that could leave its place."""
    NOT_SYMBOLS = "not_symbols"
    """The file has no MODULE line: it is no Breakpad symbol file."""
    SYMBOLS_OF_ANOTHER_MODULE = "symbols_of_another_module"
    """The MODULE line has another debug id than the key."""
    SYMBOLS_UNREADABLE = "symbols_unreadable"
    """The compressed file is damaged, or the parser itself failed on the text."""
    SYMBOLS_TOO_LARGE = "symbols_too_large"
    """The file or its text is larger than is taken, or needs more memory or time; a bomb, maybe."""
    PACKER_CRASHED = "packer_crashed"
    """The packer died of the symbols."""


class MoonwalkError(Exception):
    """Root of all errors that are raised on purpose.

    Attributes:
        code: the stable name that logs, metrics, ledger and command line share.
        detail: what happened to what, for a person; never a value from a dump or an annotation.
    """

    code: StrEnum

    def __init__(self, code: StrEnum, detail: str) -> None:
        """Take the stable code and a sentence for the person who reads it."""
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class RetryLater(MoonwalkError):  # noqa: N818 - named for what the caller should do
    """The world failed; the same request may succeed later."""

    code: RetryCode

    def __init__(self, code: RetryCode, detail: str) -> None:
        """Take one of the retry codes and a sentence."""
        super().__init__(code, detail)


class DeadLetter(MoonwalkError):  # noqa: N818 - named for where the request goes
    """The request is wrong and will stay wrong."""

    code: DeadLetterCode

    def __init__(self, code: DeadLetterCode, detail: str) -> None:
        """Take one of the dead-letter codes and a sentence."""
        super().__init__(code, detail)
