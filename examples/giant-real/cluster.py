"""A storage cluster of one monitor and one ceph-osd, on this machine and its loopback only."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from place import LIBRARIES, LIBRARY_PATH, OSD, PLACE, ROOT, GiantError

DATA = PLACE / "cluster"
MON = ROOT / "usr/bin/ceph-mon"
CLIENT = Path(__file__).with_name("client.py")
UUID = "6f1c3b52-6d0e-4f7e-9a41-6a5d3c0b7e21"
PATIENCE = 300
CONFIGURATION = """\
[global]
fsid = 2b6e8d0c-4a57-4c39-8f1d-93e7a5c1d604
mon_host = v2:127.0.0.1:{port}
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = true
cluster_addr = 127.0.0.1
run_dir = {sockets}
admin_socket = {sockets}/$name.asok
pid_file = {sockets}/$name.pid
log_file = {data}/$name.log
crash_dir = {data}
plugin_dir = {libraries}/ceph
erasure_code_dir = {libraries}/ceph/erasure-code
fatal_signal_handlers = false
debug_asok_assert_abort = true
osd_pool_default_size = 1
mon_allow_pool_size_one = true
osd_crush_chooseleaf_type = 0
[mon]
public_addrv = v2:127.0.0.1:{port}/0
mon_data = {data}/mon
mon_data_avail_crit = 0
mon_cluster_log_file = {data}/cluster.log
[osd]
public_addr = 127.0.0.1
osd_data = {data}/osd
osd_class_dir = {libraries}/rados-classes
osd_objectstore = bluestore
bluestore_block_size = 2147483648
osd_op_num_threads_per_shard_hdd = 8
"""


class Cluster:
    """Starts empty each time; `with` ends whatever it started."""

    def __init__(self) -> None:
        shutil.rmtree(DATA, ignore_errors=True)
        (DATA / "mon").mkdir(parents=True)
        (DATA / "osd").mkdir()
        # A socket's path has 108 bytes at most, a checkout's may be longer.
        self.sockets = Path(tempfile.mkdtemp(prefix="giant-real-"))
        self.conf = DATA / "ceph.conf"
        self.children: list[subprocess.Popen[bytes]] = []
        places = {"data": DATA, "sockets": self.sockets, "libraries": LIBRARIES}
        self.conf.write_text(CONFIGURATION.format(port=free_port(), **places))

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.children):
            child.kill()
            child.wait()
        shutil.rmtree(self.sockets)
        shutil.rmtree(DATA / "osd")

    def daemon(self, program: Path, name: str, *options: str) -> list[str]:
        """The command line of a daemon in the foreground."""
        return [str(program), "--conf", str(self.conf), "--id", name, "-f", *options]

    def start_monitor(self) -> None:
        """The monitor tells the daemon, and the client, of one another."""
        self.finish([*self.daemon(MON, "a"), "--mkfs"])
        self.start(self.daemon(MON, "a"))

    def make_store(self) -> None:
        """Makes ceph-osd's store, and its pool in the cluster."""
        self.finish([*self.osd(), "--mkfs", "--osd-uuid", UUID])
        self.finish(self.client("set-up", UUID))

    def osd(self) -> list[str]:
        """The command line of ceph-osd."""
        return self.daemon(OSD, "0", "--no-mon-config")

    def client(self, *task: str) -> list[str]:
        """The command line of a client."""
        library = str(LIBRARIES / "librados.so.2")
        return [sys.executable, str(CLIENT), str(self.conf), library, *task]

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Starts what runs until the cluster ends."""
        environment = os.environ | {"LD_LIBRARY_PATH": LIBRARY_PATH}
        with (DATA / "output.log").open("ab") as log:
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.children.append(child)
        return child

    def finish(self, command: list[str]) -> None:
        """Runs a command to its end."""
        status = self.start(command).wait(PATIENCE)
        if status != 0:
            raise GiantError(f"{' '.join(command)} ended with {status}: see {DATA}/*.log")

    def osd_pid(self) -> int:
        """The process id of ceph-osd, which it writes when it starts."""
        return int((self.sockets / "osd.0.pid").read_text())

    def ask_osd(self, prefix: str) -> dict[str, object]:
        """Sends a command to ceph-osd's admin socket; a daemon that dies of it answers nothing."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.sockets / "osd.0.asok"))
            connection.sendall(json.dumps({"prefix": prefix}).encode() + b"\0")
            size = int.from_bytes(connection.recv(4, socket.MSG_WAITALL))
            answer = connection.recv(size, socket.MSG_WAITALL)
        return dict(json.loads(answer)) if answer else {}

    def wait_until_active(self) -> None:
        """Waits until ceph-osd has joined the cluster."""
        limit = time.monotonic() + PATIENCE
        while not self.active():
            failed = [child for child in self.children if child.poll() not in (None, 0)]
            if failed or time.monotonic() > limit:
                raise GiantError(f"ceph-osd does not become active: see {DATA}/*.log")
            time.sleep(0.5)

    def active(self) -> bool:
        """Whether ceph-osd serves its pool; early, it answers by no JSON or not at all."""
        with contextlib.suppress(OSError, json.JSONDecodeError):
            return self.ask_osd("status").get("state") == "active"
        return False


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
