"""Which device a folder lies on, and what was read from it."""

import os
from pathlib import Path

from moonwalk.adapters.vitals.disks import Mount, model_of, mount_of, reads_of, room_in
from moonwalk.adapters.vitals.kernel import Kernel, Since
from tests.unit.adapters.vitals.recorded import RecordedKernel

MOUNTS = """27 1 0:24 / / ro,relatime - overlay overlay ro
28 27 259:1 /volumes/a /scratch rw - xfs /dev/nvme1n1p1 rw
29 27 259:9 / /scratchy rw - ext4 /dev/other rw
30 28 0:44 / /scratch/with\\040space rw - tmpfs tmpfs rw
"""
DISKS = """ 259       0 nvme1n1 5 0 5 5 5 0 0 0 0 0 0
 259       1 nvme1n1p1 120 7 2048 90 1 2 3 4 0 5 6
"""


def test_a_folder_lies_on_the_nearest_mount_above_it(recorded: RecordedKernel) -> None:
    recorded.proc("self/mountinfo", MOUNTS)
    of = {
        folder: mount_of(recorded.kernel, Path(folder))
        for folder in ("/scratch/moonwalk", "/scratch/with space/x", "/elsewhere")
    }
    assert of == {
        "/scratch/moonwalk": Mount("xfs", "259:1"),
        "/scratch/with space/x": Mount("tmpfs", "0:44"),
        "/elsewhere": Mount("overlay", "0:24"),
    }


def test_reads_are_told_in_bytes_and_seconds(recorded: RecordedKernel) -> None:
    recorded.proc("diskstats", DISKS)
    told = reads_of(recorded.kernel, "259:1")
    assert told == {"reads": 120, "bytes": 2048 * 512, "seconds": 0.09}


def test_a_device_that_is_no_disk_has_no_reads(recorded: RecordedKernel) -> None:
    recorded.proc("diskstats", DISKS)
    assert reads_of(recorded.kernel, "0:44") == {}


def test_a_partition_is_of_its_disks_model(recorded: RecordedKernel) -> None:
    recorded.sys("devices/nvme1n1/device/model", "Amazon Elastic Block Store              \n")
    recorded.sys("devices/nvme1n1/nvme1n1p1/partition", "1\n")
    links = recorded.kernel.sys / "dev" / "block"
    links.mkdir(parents=True)
    (links / "259:1").symlink_to("../../devices/nvme1n1/nvme1n1p1")
    (links / "259:0").symlink_to("../../devices/nvme1n1")
    assert model_of(recorded.kernel, "259:1") == "Amazon Elastic Block Store"
    assert model_of(recorded.kernel, "259:0") == "Amazon Elastic Block Store"
    assert model_of(recorded.kernel, "0:44") == ""


def test_counters_that_fell_have_begun_anew() -> None:
    since = Since({"reads": 100})
    assert since.grown({"reads": 130, "other": 5}) == {"reads": 30, "other": 5}
    assert since.grown({"reads": 12, "other": 5}) == {"reads": 12, "other": 0}


def test_this_machines_folders_are_on_something_with_room(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    mount = mount_of(Kernel(), tmp_path)
    room = room_in(tmp_path)
    assert mount
    assert mount.device == f"{os.major(device)}:{os.minor(device)}"
    assert 0 < room.free <= room.size
