"""Real dumps of ceph-osd: waiting, at work, and dying of two signals."""

import contextlib
import signal
import subprocess
import time
from pathlib import Path

from cluster import DATA, PATIENCE, Cluster
from place import DUMPS, LIBRARY_PATH, GiantError, megabytes, need, run, say
from tools import CRASH_CLIENT, DUMPER

LIVE = ["waiting", "writing-1", "writing-2", "writing-3"]
CRASHES = {"abort": signal.SIGABRT, "segv": signal.SIGSEGV}
# Between two dumps of a daemon at work: enough for other requests to be under way.
PAUSE = 3
REQUEST = DATA / "crash-now"


def make() -> None:
    """Leaves six dumps in `dumps`."""
    if all(path_of(name).exists() for name in [*LIVE, *CRASHES]):
        return
    DUMPS.mkdir(exist_ok=True)
    with Cluster() as cluster:
        say("Starting a cluster of one monitor and ceph-osd")
        cluster.start_monitor()
        cluster.make_store()
        osd = start_osd(cluster, "abort")
        dump(cluster, "waiting")
        cluster.start(cluster.client("work"))
        for name in LIVE[1:]:
            time.sleep(PAUSE)
            dump(cluster, name)
        with contextlib.suppress(ConnectionError):
            cluster.ask_osd("assert")
        await_death(osd, "abort")
        osd = start_osd(cluster, "segv")
        time.sleep(PAUSE)
        REQUEST.touch()
        await_death(osd, "segv")


def path_of(name: str) -> Path:
    """Where the dump of that name belongs."""
    return DUMPS / f"{name}.dmp"


def start_osd(cluster: Cluster, crash: str) -> subprocess.Popen[bytes]:
    """Starts ceph-osd under the dumper, which waits for its end."""
    variables = [
        f"LD_LIBRARY_PATH={LIBRARY_PATH}",
        f"LD_PRELOAD={CRASH_CLIENT}",
        f"CRASH_WHEN_THERE_IS={REQUEST}",
    ]
    watched = [need("env", "install coreutils"), *variables, *cluster.osd()]
    number = str(int(CRASHES[crash]))
    osd = cluster.start([str(DUMPER), "crash", number, str(path_of(crash)), *watched])
    cluster.wait_until_active()
    return osd


def dump(cluster: Cluster, name: str) -> None:
    """Dumps the running daemon; it is stopped meanwhile, and goes on."""
    run([str(DUMPER), "live", str(cluster.osd_pid()), str(path_of(name))])
    say(f"{path_of(name)}: {megabytes(path_of(name))}")


def await_death(osd: subprocess.Popen[bytes], crash: str) -> None:
    """Waits until the dumper has seen the daemon die."""
    status = osd.wait(PATIENCE)
    if status != 0:
        raise GiantError(f"the dumper ended with {status}: see {DATA}/output.log")
    say(f"{path_of(crash)}: {megabytes(path_of(crash))}")
