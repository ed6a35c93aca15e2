"""Keys of the crash bucket: Socorro's layout, and the few places of our own."""

from moonwalk.domain.crash_id import CrashId
from moonwalk.domain.dumps import MAIN_MINIDUMP, DumpName

RAW_CRASH_PREFIX = "v1/raw_crash/"
PROCESSED_CRASH_PREFIX = "v1/processed_crash/"
WALKER_OUTPUT_PREFIX = "v1/stackwalk/"
PUBLIC_CRASH_PREFIX = "v1/crash_report/"
"""Of the bucket with what is public of crashes."""
SINCE = "moonwalk-since"
"""Object metadata of a processed crash: with `ATTEMPT`, the run that wrote it."""
ATTEMPT = "moonwalk-attempt"


def raw_crash(crash_id: CrashId) -> str:
    """Key of the raw crash, which the collector writes last."""
    return f"{RAW_CRASH_PREFIX}{crash_id.day:%Y%m%d}/{crash_id}"


def dump_names(crash_id: CrashId) -> str:
    """Key of the list of a crash's dumps."""
    return f"v1/dump_names/{crash_id}"


def dump(crash_id: CrashId, name: DumpName) -> str:
    """Key of a dump; the main minidump's has a name of its own."""
    folder = "dump" if name.text == MAIN_MINIDUMP else name.text
    return f"v1/{folder}/{crash_id}"


def processed_crash(crash_id: CrashId) -> str:
    """Key of the processed crash."""
    return f"{PROCESSED_CRASH_PREFIX}{crash_id}"


def public_crash(crash_id: CrashId) -> str:
    """Key of what is public of a processed crash, in the bucket for that."""
    return f"{PUBLIC_CRASH_PREFIX}{crash_id.day:%Y%m%d}/{crash_id}"


def walker_output(crash_id: CrashId, name: DumpName) -> str:
    """Key of the stackwalker's own output for a dump, where a deployment keeps it."""
    return f"{WALKER_OUTPUT_PREFIX}{crash_id}/{name}.json"


def walker_stats(crash_id: CrashId, name: DumpName) -> str:
    """Key of the stackwalker's own account of what a dump's walk cost, kept with its output."""
    return f"{WALKER_OUTPUT_PREFIX}{crash_id}/{name}.stats.json"
