"""Debian's packages, downloaded and unpacked into a folder: nothing is installed."""

import shutil
import subprocess
from pathlib import Path

from place import OSD, PLACE, ROOT, GiantError, need, run, say

DEBS = PLACE / "debs"
STAMP = PLACE / "unpacked"
# The monitor gives the storage daemon somebody to work for; the base has the plugins it loads.
PACKAGES = ["ceph-osd", "ceph-osd-dbg", "ceph-mon", "ceph-base", "librados2"]


def provide() -> None:
    """Leaves the program, its debug information and its libraries in `root`."""
    if STAMP.exists():
        return
    need("apt-get", "the giant is made of Debian's packages, on Debian 12 or a relative")
    need("dpkg-deb", "install dpkg")
    names = PACKAGES + missing_libraries()
    say(f"Downloading {len(names)} packages, 550 MB")
    download(names)
    debs = sorted(DEBS.glob("*.deb"))
    say(f"Unpacking {sum(deb.stat().st_size for deb in debs) / 1e6:,.0f} MB")
    shutil.rmtree(ROOT, ignore_errors=True)
    for deb in debs:
        run(["dpkg-deb", "-x", str(deb), str(ROOT)])
    if not OSD.exists():
        raise GiantError(f"the packages have no {OSD.relative_to(ROOT)}: has Debian moved it?")
    STAMP.touch()


def missing_libraries() -> list[str]:
    """Libraries that the programs need and this machine has not."""
    command = [
        "apt-get",
        "install",
        "--simulate",
        "--no-install-recommends",
        "ceph-osd",
        "ceph-mon",
    ]
    plan = subprocess.run(command, capture_output=True, text=True, check=False)
    if plan.returncode != 0:
        raise GiantError(f"apt-get knows no ceph-osd; run 'apt-get update' as root: {plan.stderr}")
    planned = [line.split()[1] for line in plan.stdout.splitlines() if line.startswith("Inst ")]
    return [name for name in planned if name.startswith("lib") and name not in PACKAGES]


def download(names: list[str]) -> None:
    """Packages that are there already are not fetched again."""
    DEBS.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-q=2", "-o", "APT::Sandbox::User=root", "download", *names]
    if subprocess.run(command, cwd=DEBS, check=False).returncode != 0:
        raise GiantError(
            "apt-get cannot download the packages: run 'apt-get update' as root; "
            "ceph-osd-dbg is in Debian 12's main archive"
        )


def debug_file() -> Path:
    """The debug information that names the same build as the program."""
    build_id = build_id_of(OSD)
    path = ROOT / f"usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
    if not path.exists():
        raise GiantError(
            f"ceph-osd-dbg has no file for build id {build_id}: its version is not ceph-osd's; "
            f"remove {PLACE} and run 'apt-get update'"
        )
    return path


def build_id_of(program: Path) -> str:
    """The build id in the ELF notes, which stand at the beginning of a program."""
    note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"
    with program.open("rb") as file:
        _, found, rest = file.read(4096).partition(note)
    if not found:
        raise GiantError(f"{program} has no build id")
    return rest[:20].hex()
