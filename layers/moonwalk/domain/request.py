"""What is asked for: process this crash by that ruleset, and where the request came from."""

from dataclasses import dataclass
from enum import StrEnum

from moonwalk.domain.crash_id import CrashId


class Ruleset(StrEnum):
    """The ordered lists of rules that a request may name."""

    DEFAULT = "default"
    REGENERATE_SIGNATURE = "regenerate_signature"


class QueueClass(StrEnum):
    """The three classes of requests; each lane has a queue for each."""

    PRIORITY = "priority"
    """Somebody waits for the answer."""
    STANDARD = "standard"
    """Every accepted crash, once."""
    REPROCESSING = "reprocessing"
    """Bulk: crashes that were processed before."""


class Origin(StrEnum):
    """Which kind of message a request was read from."""

    TEXT = "text"
    """`<crash_id>` or `<crash_id>:<ruleset>`, as collectors publish."""
    S3_EVENT = "s3_event"
    """A raw crash appeared in the bucket."""
    PUT_BACK = "put_back"
    """The reconciler found the crash past its due time."""
    AGAIN = "again"
    """A new run that was asked for while one was in flight."""
    SYMBOLS_CAME = "symbols_came"
    """There is news of symbols that a run was without."""


@dataclass(frozen=True, slots=True)
class Message:
    """The queue message a request came in.

    Attributes:
        id: the queue's own id; the same at every redelivery.
        first_seen: when it was sent, in seconds since the epoch.
        tries: how often it has been received, this time included.
    """

    id: str
    first_seen: float
    tries: int = 1


@dataclass(frozen=True, slots=True)
class CrashRequest:
    """One request to process one crash.

    Attributes:
        seen_attempt: for a put-back request, the attempt that the reconciler saw, and for one
            because symbols came, the one that was without them; it must still be the last one for
            the request to count.
        asked_by: for a request of our own, the id of the message from outside that it serves.
    """

    crash_id: CrashId
    ruleset: Ruleset
    queue: QueueClass
    origin: Origin
    message: Message
    seen_attempt: int | None = None
    asked_by: str | None = None

    @property
    def is_first_run(self) -> bool:
        """Whether a fresh crash is to be processed, however often that had to be tried.

        Its lag is what people wait for; that of crashes which have a result already is not.
        """
        of_our_own = self.origin in (Origin.AGAIN, Origin.SYMBOLS_CAME)
        bulk = self.queue is QueueClass.REPROCESSING
        return self.ruleset is Ruleset.DEFAULT and not (of_our_own or bulk)
