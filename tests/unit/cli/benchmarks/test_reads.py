"""Reads of symbols are told from all else in what strace writes."""

import shutil
from pathlib import Path

import pytest

from cli.benchmarks.machine import Machine
from cli.benchmarks.reads import Reads, counted, traced

SYM = "/symbols/libxul.so/42E8/libxul.so.sym"
PACK = "/packs/xul.pdb/28CF/xul.pack"


@pytest.mark.parametrize(
    "line",
    [
        f'read(11<{SYM}>, ""..., 10240) = 7',
        f'pread64(5<{PACK}>, ""..., 64, 1024) = 7',
        f'readv(5<{PACK}>, [{{iov_base="", iov_len=4}}], 1) = 7',
        f'preadv(5<{PACK}>, [{{iov_base="", iov_len=4}}], 1, 0) = 7',
        f'preadv2(5<{PACK}>, [{{iov_base="", iov_len=4}}], 1, 0, 0) = 7',
        f"mmap(NULL, 7, PROT_READ, MAP_SHARED, 9<{PACK}>, 0) = 0x7f8b8ab11000",
        f"mmap(0x7f00, 7, PROT_READ, MAP_PRIVATE|MAP_FIXED, 9<{SYM}>, 0x1000)    = 0x7f00",
    ],
)
def test_each_way_to_read_a_symbol_file_is_counted_with_its_bytes(line: str) -> None:
    assert counted([line]) == Reads(1, 7)


@pytest.mark.parametrize(
    "line",
    [
        'read(3</lib/libc.so.6>, "\\177ELF"..., 832) = 832',
        "mmap(NULL, 1822968, PROT_READ, MAP_SHARED, 9</dumps/a.dmp>, 0) = 0x7f8b8ab11000",
        "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f00",
        f"read(11<{SYM}>, 0x7ffc, 10) = -1 EINTR (Interrupted system call)",
        f"mmap(NULL, 7, PROT_READ, MAP_SHARED, 9<{PACK}>, 0) = -1 ENOMEM (Cannot allocate memory)",
        f'openat(AT_FDCWD</work>, "{SYM}", O_RDONLY|O_CLOEXEC) = 11<{SYM}>',
        "+++ exited with 0 +++",
        "",
    ],
)
def test_other_files_and_calls_that_failed_are_not_counted(line: str) -> None:
    assert counted([line]) == Reads(0, 0)


def test_a_read_that_finds_the_end_of_the_file_is_a_read_of_no_bytes() -> None:
    whole = [f'read(11<{SYM}>, ""..., 10) = 10', f'read(11<{SYM}>, "", 10) = 0']
    assert counted(whole) == Reads(2, 10)


@pytest.mark.skipif(not Machine.this().traces_reads, reason="strace is not here, or may not trace")
def test_strace_of_this_machine_writes_what_is_counted(tmp_path: Path) -> None:
    symbols, other = tmp_path / "a.sym", tmp_path / "a.txt"
    for file in (symbols, other):
        file.write_bytes(b"x" * 1000)
    cat = shutil.which("cat")
    assert cat is not None
    assert traced([cat, symbols, other]).bytes == 1000
