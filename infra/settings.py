"""Every number and choice of a deployment, each with its reason, in one frozen object.

They come from the context of `cdk.json`: the object `moonwalk`, of which single settings can be
overridden on the command line with `-c moonwalk:<setting>=<value>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple, Self

from infra.alarm_settings import AlarmSettings
from infra.settings_relations import broken_relation
from infra.settings_rules import (
    RULE,
    Rule,
    one_of,
    scopes,
    some_of,
    sources,
    switch,
    text,
    uploaders,
    whole,
)
from infra.symbol_uploaders import SymbolUploaders
from moonwalk import profiles
from moonwalk.contracts.symbol_scopes import BadScopesError
from moonwalk.contracts.symbol_sources import SymbolSources
from moonwalk.domain.request import Origin, QueueClass
from moonwalk.domain.symbol_scopes import SymbolScopes
from moonwalk.domain.symbol_sources import BadSourceError

CONTEXT = "moonwalk"
PROFILES = sorted(
    path.parent.name for path in Path(profiles.__file__).parent.glob("*/profile.toml")
)
_OVERRIDE = f"{CONTEXT}:"


class SettingsError(ValueError):
    """A setting that cannot be; the text names it, its value and what is allowed."""


class Pace(NamedTuple):
    """How fast the dispatcher takes from a queue: their product is the crashes in flight."""

    batch: int
    concurrency: int


class Packing(NamedTuple):
    """The limits of one who packs symbols; `lease_seconds`: after so long it is not at it."""

    upload_mib: int
    text_mib: int
    memory_mib: int
    kill_seconds: int
    fetch_seconds: int
    lease_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(AlarmSettings):
    """What a deployment is."""

    name: str = text("moonwalk", r"[a-z][a-z0-9-]{0,19}", "1-20 of a-z, 0-9 and -, a letter first")
    """Begins the names of stacks, bucket, table and bus: several deployments fit in one account.
    Short, because a bucket's name has 63 characters and holds account and region as well."""
    account: str = text("", r"|\d{12}", "an account number of 12 digits, or empty")
    """Empty: whichever account the credentials of the deployment belong to."""
    region: str = text("", r"|[a-z]{2}(-[a-z]+)+-\d", "a region's name, or empty")
    """Empty: whichever region the command line is set to."""
    assets: str = one_of("lambda", "local")
    """Layers built for Lambda's Python 3.13, or for the interpreter at hand (embedded AWS)."""
    architecture: str = one_of("x86_64", "arm64")
    """Of functions and workers. x86_64 is what the stackwalker's output was compared on most."""
    deletion_protection: bool = switch(default=True)
    """Of the ledger's table. Off for a deployment that is made to be thrown away."""

    intake: tuple[str, ...] = some_of(Origin.TEXT.value, Origin.S3_EVENT.value)
    """Which messages are requests. Both do no harm: the ledger sees that they mean the same."""
    s3_events: str = one_of("none", "eventbridge", "notification")
    """How the bucket tells of a new raw crash, if it does. None: the collector publishes ids."""

    kill_seconds: int = whole(120, 1, 800)
    """A walk is killed. Socorro's own limit; all but a few in a million end within seconds."""
    walker_seconds: int = whole(200, 10, 850)
    """The walker function: the kill, and 80 s to fetch, to apply rules and to save."""
    workflow_seconds: int = whole(240, 20, 299)
    """The light workflow: the function, and what its retries wait. Express workflows end at 300."""
    dispatcher_seconds: int = whole(300, 30, 900)
    """The dispatcher: the workflow it waits for, and a minute for claims and hand-overs."""
    due_seconds: int = whole(360, 40, 7200)
    """A claim is looked after: later than any dispatcher that could still be working on it."""
    visibility_seconds: int = whole(1800, 60, 43200)
    """Of intake queues. AWS asks for six times the function's timeout."""
    heavy_workflow_hours: int = whole(24, 1, 336)
    """The Standard workflow: as long as a heavy queue may take to come to a crash on a bad day."""
    heavy_due_margin_seconds: int = whole(600, 60, 86400)
    """After the Standard workflow's end, until the reconciler looks: its end is told first."""
    heavy_kill_seconds: int = whole(1800, 1, 36000)
    """A walk in the heavy lane is killed: fifteen times what the light lane gives."""
    heavy_visibility_seconds: int = whole(300, 60, 43200)
    """Of heavy queues. Workers extend it as they work, so it is only how late a dead worker's
    crash is taken up by the next one."""
    reconciler_seconds: int = whole(50, 5, 59)
    """A round of the reconciler: shorter than the minute after which the next one starts."""

    light_limit_mib: int = whole(64, 1, 4096)
    """The largest sum of minidumps for the light lane: fetched in seconds, and fits /tmp."""
    walks_at_once: int = whole(2, 1, 16)
    """Minidumps of one crash walked side by side: a parent's and its child's, most often."""
    light_walk_memory_mib: int = whole(1216, 128, 9728)
    """Of one walk in the walker function: what two of them leave, the parent needs."""
    heavy_walk_memory_mib: int = whole(3584, 128, 122880)
    """Of one walk in a worker: three times what the light lane gives."""
    walk_output_mib: int = whole(32, 1, 512)
    """The stackwalker's JSON. The largest seen are a tenth; parsed, it takes ten times as much."""
    walker_memory_mib: int = whole(3008, 512, 10240)
    """The most that every account may use without asking, and 1.7 vCPU."""
    walker_tmp_mib: int = whole(1536, 512, 10240)
    """The dumps of one crash, the walks' output, and the packs that are kept. What exceeds 512
    costs less than a thousandth of the memory beside it."""
    walker_packs_mib: int = whole(1024, 1, 10240)
    """Packs that a function's environment keeps on disk. A pack that takes at most half is fetched
    as a whole once several crashes read it; those of the largest libraries have a quarter of it."""
    packs_memory_mib: int = whole(64, 1, 10240)
    """Packs that are kept in memory: what a few crashes of one build read."""
    pack_fresh_seconds: int = whole(300, 1, 86400)
    """Until a pack that is known is asked about again: how late a replaced one is noticed."""
    pack_absent_seconds: int = whole(60, 1, 86400)
    """Until a pack that was not there is asked for again: symbols come minutes after a build."""
    dispatcher_memory_mib: int = whole(512, 256, 10240)
    """It waits for most of its time, and waiting is billed by memory."""
    profile: str = one_of("default", *PROFILES)
    """By whose rules crashes are processed (docs/rules.md). `default` knows any application with
    Breakpad or Crashpad; `socorro` is for Mozilla's products, and for readers of Socorro."""
    signature_lists: str = text(
        "", r"|s3://[a-z0-9.-]{3,63}/(\S+/)?", "s3://bucket/prefix/ or empty"
    )
    """Lists that go over the profile's (docs/signatures.md); functions and workers read them when
    they start. Empty: the profile's own."""
    versions: str = text(
        "", r"|https?://\S+|s3://[a-z0-9.-]{3,63}/\S+", "https://…, s3://bucket/key or empty"
    )
    """Where versions of betas are looked up: a server, or a table. Empty: they are just betas."""
    public_crashes: bool = switch(default=False)
    """Whether what is public of processed crashes is stored a second time, in a bucket of its own:
    one more write for every crash, for readers who may see no more than that."""
    stored_encoding: str = one_of("gzip", "identity")
    """Of processed crashes. gzip is 18 times smaller; `identity` for Socorro's own readers."""
    keep_walker_output: bool = switch(default=False)
    """Whether the stackwalker's own bytes are stored too: one more write for every minidump."""

    symbol_events: str = one_of("notification", "eventbridge")
    """How the symbol bucket tells of uploads. By itself, unless all of an account's buckets speak
    by EventBridge."""
    packer_seconds: int = whole(900, 60, 900)
    """The packer function: all that Lambda gives."""
    packer_visibility_seconds: int = whole(5400, 360, 43200)
    """Of the symbol queue. AWS asks for six times the function's timeout."""
    pack_kill_seconds: int = whole(600, 1, 890)
    """Making a pack is killed: twelve times what 1 GB of text takes in a third of a CPU, and the
    function has five minutes left to fetch and to store."""
    packer_memory_mib: int = whole(512, 256, 10240)
    """Python and one packer, for 1 GB of text and more."""
    pack_memory_mib: int = whole(320, 64, 9728)
    """Of the packer itself: a giant of 1.1 GB of text needs less than 256."""
    packer_tmp_mib: int = whole(4096, 512, 10240)
    """The upload, its text if it was compressed, and the pack, a fifth of the text."""
    symbol_upload_mib: int = whole(2048, 1, 5120)
    """The largest upload as it is stored: twice the largest symbol text that we know of."""
    symbol_text_mib: int = whole(2048, 1, 5120)
    """The largest text, which a compressed upload cannot exceed either: a bomb ends there."""
    heavy_symbol_upload_mib: int = whole(8192, 1, 16384)
    """The largest upload that a worker packs: what the function's limits exclude goes there."""
    heavy_symbol_text_mib: int = whole(8192, 1, 16384)
    """The largest text that a worker packs, four times the function's: eight times the largest
    that we know of. A bomb ends there."""
    heavy_pack_memory_mib: int = whole(2048, 64, 122880)
    """Of the packer itself in a worker: as much for each byte of text as in the function."""
    heavy_pack_kill_seconds: int = whole(2400, 1, 36000)
    """Making a pack in a worker is killed: four times the function's, as is the text."""
    heavy_fetch_seconds: int = whole(900, 1, 7200)
    """For one file of one source, in a worker: 8 GB of text, compressed, at 3 MB/s."""
    packer_concurrency: int = whole(10, 2, 1000)
    """Uploads packed at the same time: a build's hundreds of files within minutes, a few of its
    giants side by side."""

    symbol_sources: SymbolSources = sources()  # noqa: RUF009 - frozen
    """Where symbols come from that nobody uploads, in their order (docs/symbol-sources.md). None:
    nothing outside is asked, and no crash waits."""
    symbol_scopes: SymbolScopes = scopes()  # noqa: RUF009 - frozen
    """Which products have symbols of their own, that no other product's crashes see; all others
    have those of scope `default`."""
    symbol_uploaders: SymbolUploaders = uploaders()  # noqa: RUF009 - frozen
    """Who may upload symbols of which scope. None: whom the account's own policies let."""
    symbol_stacks: str = one_of("crashing", "all")
    """Whose modules are asked for: the signature is made of the crashing thread, and every other
    stack brings modules that nobody looks at."""
    symbol_wait_seconds: int = whole(10, 1, 60)
    """What a crash waits for symbols that are asked for: most are there in less, and more than a
    walk is no walk's price. Then it is published as provisional."""
    symbol_fetch_seconds: int = whole(90, 1, 600)
    """For one file of one source, all its tries: 1 GB of text, compressed, at 3 MB/s."""
    symbol_absent_seconds: int = whole(3600, 1, 604800)
    """Until a symbol file that a source did not have is asked for again."""

    symbol_misses: int = whole(5, 1, 50)
    """Modules of one crash that are written down as missed: two writes each, and a stack that lacks
    more will not be good before most of these have come."""
    symbol_release_after_seconds: int = whole(70, 1, 3600)
    """From a pack to the first crash that is walked again for it: walkers believe for a minute that
    there is none, and a build's modules come together."""
    symbol_releases_per_minute: int = whole(500, 1, 10000)
    """Crashes walked again because of symbols: two thirds of what reprocessing works off."""
    symbol_release_cap: int = whole(20000, 1, 10**7)
    """Crashes walked again because of one module, the newest: what was missed by more is known well
    enough, and the oldest of them would wait for most of an hour."""
    symbol_release_days: int = whole(14, 1, 365)
    """Of age that a crash may have when its symbols come; so long it is known what it missed."""
    symbol_pre_pack: int = whole(50, 0, 1000)
    """Modules missed most that are asked for every quarter of an hour, where a scope has symbol
    servers: what they have is packed before the next crash. 0: none."""
    asker_seconds: int = whole(240, 30, 840)
    """A round that asks again: within the quarter of an hour after which the next one starts."""

    ledger_days: int = whole(30, 1, 3650)
    """Twice as long as any message can live, so that a late duplicate still finds its crash."""
    max_tries: int = whole(30, 1, 100)
    """Receives of a message until the dispatcher gives it up with a reason: with back-off about
    four hours of a failing world."""
    max_receives: int = whole(60, 2, 1000)
    """Receives until SQS itself gives it up, which tells no reason: the dispatcher comes first.
    A message that is left until its claim is due is received without being tried."""
    max_put_backs: int = whole(3, 1, 100)
    """Lost claims in a row until a crash is failed: one may be a bad host, three are not."""
    put_back_patience_seconds: int = whole(3600, 60, 604800)
    """Until a crash that was put back is looked at again. Its message is safe in the queue."""
    message_days: int = whole(10, 1, 13)
    """Messages live in intake and heavy queues: a long holiday's outage loses nothing."""
    dead_letter_days: int = whole(14, 2, 14)
    """The most there is. Counted from the first sending, so it must exceed the queue's own."""

    priority_batch: int = whole(1, 1, 10)
    """Somebody waits: no crash shares its dispatcher with a slower one."""
    priority_concurrency: int = whole(20, 2, 1000)
    """More people than ever wait at the same time."""
    standard_batch: int = whole(5, 1, 10)
    """Crashes side by side in one dispatcher: a fifth of what waiting costs otherwise."""
    standard_concurrency: int = whole(50, 2, 1000)
    """250 in flight, a quarter of an account's default 1,000 executions."""
    reprocessing_batch: int = whole(5, 1, 10)
    """As for standard."""
    reprocessing_concurrency: int = whole(10, 2, 1000)
    """50 in flight: bulk work never starves fresh work."""
    account_concurrency: int = whole(1000, 10, 1000000)
    """Executions at the same time that the account grants Lambda in the region: what Moonwalk's
    functions may take together must fit, or one queue's work is throttled for another's."""

    crash_days: int = whole(180, 1, 3650)
    """Everything in the crash bucket expires; half a year, as Socorro keeps its crashes."""
    processed_days: int = whole(180, 1, 3650)
    """Processed crashes; at most as long as what they were made of."""
    noncurrent_days: int = whole(14, 1, 3650)
    """Overwritten and deleted objects: two weeks to notice a mistake."""
    symbol_noncurrent_days: int = whole(90, 1, 3650)
    """Uploads and packs that were replaced: as long as somebody may ask why a stack has changed."""
    log_days: int = one_of(30, 1, 3, 5, 7, 14, 60, 90, 120, 150, 180, 365, 400)
    """All logs; the values that CloudWatch knows."""

    def __post_init__(self) -> None:
        """Hold every setting against its rule, and then against the others.

        Raises:
            SettingsError: naming the setting, its value and what is allowed.
        """
        for key, rule in _rules().items():
            object.__setattr__(self, key, _read(key, getattr(self, key), rule))
        broken = broken_relation(self)
        if broken:
            raise SettingsError(broken)

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings from the context of a CDK app; what is not named has its default.

        Raises:
            SettingsError: as above, and for a setting that does not exist.
        """
        given = context.get(CONTEXT, {})
        if not isinstance(given, Mapping):
            raise SettingsError(f"the context key {CONTEXT!r} must be an object of settings")
        overrides = {
            key.removeprefix(_OVERRIDE): value
            for key, value in context.items()
            if key.startswith(_OVERRIDE)
        }
        chosen = {**given, **overrides}
        for key in sorted(chosen.keys() - _rules().keys()):
            raise SettingsError(f"there is no setting {key!r}; there are {', '.join(_rules())}")
        return cls(**chosen)

    def pace(self, queue: QueueClass) -> Pace:
        """Give how fast an intake queue is read."""
        return Pace(getattr(self, f"{queue}_batch"), getattr(self, f"{queue}_concurrency"))

    @property
    def packing(self) -> Packing:
        """Limits of the packer function, which has ended after its timeout whatever it was at."""
        return Packing(
            self.symbol_upload_mib,
            self.symbol_text_mib,
            self.pack_memory_mib,
            self.pack_kill_seconds,
            self.symbol_fetch_seconds,
            self.packer_seconds,
        )

    @property
    def heavy_packing(self) -> Packing:
        """Limits of a worker that packs; it renews its lease when it hides the message anew."""
        return Packing(
            self.heavy_symbol_upload_mib,
            self.heavy_symbol_text_mib,
            self.heavy_pack_memory_mib,
            self.heavy_pack_kill_seconds,
            self.heavy_fetch_seconds,
            self.heavy_visibility_seconds,
        )

    @property
    def heavy_due_seconds(self) -> int:
        """When a crash that was handed to the heavy lane is looked after."""
        return self.heavy_workflow_hours * 3600 + self.heavy_due_margin_seconds


def _rules() -> dict[str, Rule]:
    return {field.name: field.metadata[RULE] for field in fields(Settings)}


def _read(key: str, value: Any, rule: Rule) -> Any:
    try:
        return rule.read(value)
    except (BadScopesError, BadSourceError) as error:
        raise SettingsError(f"the setting {key}: {error}; it must be {rule.allowed}") from None
    except (TypeError, ValueError):
        raise SettingsError(f"the setting {key} is {value!r}; it must be {rule.allowed}") from None
