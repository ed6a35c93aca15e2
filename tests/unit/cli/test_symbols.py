"""What `moonwalk symbols` takes for a symbol file, what it refuses, and how it uploads."""

import gzip
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli import main, opening
from cli.exits import ExitCode, SetUpIncomplete, UsageError
from cli.reachable import Reachable
from cli.symbols import push as pushing
from cli.symbols.bucket import SymbolBucket
from cli.symbols.found import Found, Refused, SymbolFile, find
from cli.symbols.keys import typed_key
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbols import symbol_key

KEY = symbol_key("moon.pdb", "A" * 33)
TEXT = f"MODULE windows x86_64 {KEY.debug_id} moon.pdb\nFILE 0 a.c\n".encode()


def folder_of(place: Path, content: bytes = TEXT, name: str = "") -> Path:
    file = place / (name or KEY.place)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return place


def found(path: Path, scope: str = "default") -> list[Found]:
    return list(find([path], scope, path.parent))


def only(path: Path, scope: str = "default") -> SymbolFile:
    [each] = found(path, scope)
    assert isinstance(each, SymbolFile)
    return each


def read(file: SymbolFile) -> bytes:
    with file.text() as text:
        return text.read()


class TestFinding:
    """Files, folders and zips."""

    def test_a_folder_has_keys_by_its_places(self, tmp_path: Path) -> None:
        file = only(folder_of(tmp_path / "symbols"), "thunderbird")
        assert file.key == symbol_key("moon.pdb", "A" * 33, "thunderbird")
        assert read(file) == TEXT

    def test_folders_above_the_layout_do_not_matter(self, tmp_path: Path) -> None:
        assert only(folder_of(tmp_path / "a", name=f"b/c/{KEY.place}")).key == KEY

    def test_a_single_file_is_known_by_its_module_line(self, tmp_path: Path) -> None:
        file = folder_of(tmp_path, name="whatever.txt") / "whatever.txt"
        assert only(file).key == KEY

    def test_a_gzip_is_read_as_its_text(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path / "s", gzip.compress(TEXT), f"{KEY.place}.gz")
        assert (only(folder).key, read(only(folder))) == (KEY, TEXT)

    def test_links_that_lead_in_circles_end(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path / "s")
        (folder / "circle").symlink_to(folder)
        assert {each.key for each in found(folder) if isinstance(each, SymbolFile)} == {KEY}

    @pytest.mark.parametrize(
        "name",
        [
            f"moon.pdb/{'a' * 33}/moon.sym",
            f"moon.pdb/{'A' * 33}/sun.sym",
            f"mo\u202eon.pdb/{'A' * 33}/mo\u202eon.sym",
            "moon.pdb/nothing/moon.sym",
        ],
    )
    def test_a_place_that_is_no_key_is_refused(self, tmp_path: Path, name: str) -> None:
        [each] = found(folder_of(tmp_path / "s", name=name))
        assert isinstance(each, Refused)
        assert "\u202e" not in each.source

    @pytest.mark.parametrize("content", [b"", b"<html>", b"\x1f\x8b\x08 damaged"])
    def test_a_single_file_without_a_module_line_is_refused(
        self, tmp_path: Path, content: bytes
    ) -> None:
        file = tmp_path / "some.sym"
        file.write_bytes(content)
        [each] = found(file)
        assert isinstance(each, Refused)

    def test_a_module_line_cannot_lead_anywhere_else(self, tmp_path: Path) -> None:
        file = tmp_path / "some.sym"
        file.write_text(f"MODULE Linux x86 {'A' * 33} ../../etc/passwd\n", encoding="utf-8")
        assert only(file).key.debug_file == "passwd"

    def test_what_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is no file or folder"):
            found(tmp_path / "none")


class TestZips:
    """Zips, whose names anybody may have written."""

    def test_entries_at_their_places_are_taken(self, tmp_path: Path) -> None:
        file = only(self._zip(tmp_path, KEY.place))
        assert (file.key, read(file)) == (KEY, TEXT)

    @pytest.mark.parametrize(
        "name",
        [
            f"../moon.pdb/{'A' * 33}/moon.sym",
            f"/moon.pdb/{'A' * 33}/moon.sym",
            f"moon.pdb/../{'A' * 33}/moon.sym",
            f"moon.pdb\\{'A' * 33}\\moon.sym",
            "moon.sym",
            f"a/b/moon.pdb/{'A' * 33}/moon.sym",
        ],
    )
    def test_a_hostile_or_misplaced_name_is_refused(self, tmp_path: Path, name: str) -> None:
        [each] = found(self._zip(tmp_path, name))
        assert isinstance(each, Refused)

    def test_other_entries_are_passed_over(self, tmp_path: Path) -> None:
        assert found(self._zip(tmp_path, "readme.txt")) == []

    def _zip(self, folder: Path, name: str) -> Path:
        with zipfile.ZipFile(folder / "s.zip", "w") as archive:
            archive.writestr(name, TEXT)
        return folder / "s.zip"


class TestNativeFiles:
    """By way of `dump_syms`, here a stand-in."""

    @pytest.mark.parametrize("magic", [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe"])
    def test_symbols_are_made_of_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, magic: bytes
    ) -> None:
        made = "pathlib.Path(sys.argv[sys.argv.index('--output') + 1])"
        self._dump_syms(tmp_path, monkeypatch, f"{made}.write_bytes({TEXT!r})")
        file = tmp_path / "moon.bin"
        file.write_bytes(magic)
        assert only(file).key == KEY
        assert only(file).source.endswith("moon.bin")

    def test_one_of_which_none_are_made_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._dump_syms(tmp_path, monkeypatch, "sys.exit('no debug\\x1b[2J info')")
        file = tmp_path / "moon.so"
        file.write_bytes(b"\x7fELF")
        with pytest.raises(UsageError, match="no debug") as told:
            found(file)
        assert "\x1b" not in str(told.value)

    def test_without_the_program_the_way_to_it_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        file = tmp_path / "moon.so"
        file.write_bytes(b"\x7fELF")
        with pytest.raises(SetUpIncomplete, match="cargo install --locked dump_syms"):
            found(file)

    def _dump_syms(self, folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
        program = folder / "bin" / "dump_syms"
        program.parent.mkdir()
        program.write_text(f"#!{sys.executable}\nimport pathlib, sys\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))


class TestKeys:
    """Keys as a person types them."""

    @pytest.mark.parametrize("text", ["moon.pdb/" + "A" * 33, KEY.place, keys.upload(KEY)])
    def test_each_way_to_write_one(self, text: str) -> None:
        assert typed_key(text, "default") == KEY

    @pytest.mark.parametrize("text", ["", "moon.pdb", "a/b", "../A/b", "v2/a/b/c", "a\x1b/b/c"])
    def test_what_is_none_is_told(self, text: str) -> None:
        with pytest.raises(UsageError, match="is no key") as told:
            typed_key(text, "default")
        assert "\x1b" not in str(told.value)


class Commands:
    """The commands, over a bucket and a queue that nobody reads."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3", region_name="us-east-1")
        self.sqs = boto3.client("sqs", region_name="us-east-1")
        self.s3.create_bucket(Bucket="symbols")
        self.s3.put_bucket_versioning(
            Bucket="symbols", VersioningConfiguration={"Status": "Enabled"}
        )
        self.queue = self.sqs.create_queue(QueueName="symbols")["QueueUrl"]
        clients: dict[str, Any] = {"s3": self.s3, "sqs": self.sqs}
        urls = dict.fromkeys(QueueClass, "")
        self.at = Reachable(
            "here", "look", "crashes", "ledger", "symbols", self.queue, urls, clients.__getitem__
        )

    def run(self, *words: object) -> Any:
        return CliRunner().invoke(main.app, ["symbols", *map(str, words)])

    def json(self, *words: object) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def put_pack(self, verdict: str = "fine") -> None:
        metadata = {keys.TEXT_SHA256: "f" * 64, keys.TEXT_BYTES: "12345", keys.VERDICT: verdict}
        self.s3.put_object(Bucket="symbols", Key=keys.pack(KEY), Body=b"pack", Metadata=metadata)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = Commands()
        monkeypatch.setattr(opening, "reachable", lambda _stack: made.at)
        yield made


class TestCommands:
    """Exit codes and what is printed."""

    def test_a_push_stores_gzip_once_and_says_so(self, commands: Commands, tmp_path: Path) -> None:
        folder = folder_of(tmp_path / "s")
        assert commands.run("push", folder).exit_code == ExitCode.FINE
        stored = commands.s3.get_object(Bucket="symbols", Key=keys.upload(KEY))
        assert stored["ContentEncoding"] == "gzip"
        assert gzip.decompress(stored["Body"].read()) == TEXT
        assert "@" in stored["Metadata"][keys.UPLOADER]
        [again] = commands.json("push", folder)["symbols"]
        assert (again["result"], again["key"]) == ("there", KEY.place)
        assert len(SymbolBucket(commands.at).versions(keys.upload(KEY))) == 1

    def test_a_push_may_store_plain_text(self, commands: Commands, tmp_path: Path) -> None:
        commands.run("push", folder_of(tmp_path / "s"), "--encoding", "plain")
        stored = commands.s3.get_object(Bucket="symbols", Key=keys.upload(KEY))
        assert stored["Body"].read() == TEXT

    def test_another_text_is_uploaded_over_the_one_that_is_there(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        commands.run("push", folder_of(tmp_path / "one"))
        [pushed] = commands.json("push", folder_of(tmp_path / "two", TEXT + b"FILE 1 b\n"))[
            "symbols"
        ]
        assert pushed["result"] == "uploaded"
        assert len(SymbolBucket(commands.at).versions(keys.upload(KEY))) == 2

    def test_what_is_refused_ends_the_push_with_2_and_the_rest_is_uploaded(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        folder = folder_of(tmp_path / "s")
        folder_of(folder / "x", name="moon.pdb/nothing/moon.sym")
        ended = commands.run("push", folder)
        assert ended.exit_code == ExitCode.USAGE
        assert "refused" in ended.stdout
        assert SymbolBucket(commands.at).head(keys.upload(KEY))

    def test_a_file_that_unpacks_to_more_than_symbols_ever_have_is_refused(
        self, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pushing, "MOST_TEXT", 1000)
        bomb = gzip.compress(TEXT + b"\0" * 1_000_000)
        [pushed] = commands.json("push", folder_of(tmp_path / "s", bomb))["symbols"]
        assert (pushed["result"], "larger than 1000 bytes" in pushed["why"]) == ("refused", True)
        assert SymbolBucket(commands.at).head(keys.upload(KEY)) is None

    def test_a_folder_without_symbols_is_a_usage_error(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        assert commands.run("push", tmp_path).exit_code == ExitCode.USAGE

    def test_a_push_that_waits_in_vain_ends_with_1(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        ended = commands.run("push", folder_of(tmp_path / "s"), "--wait", "--timeout", "1")
        assert ended.exit_code == ExitCode.NEGATIVE
        assert "waiting" in ended.stdout

    def test_ls_tells_verdicts_and_what_has_no_pack(self, commands: Commands) -> None:
        commands.put_pack("corrupt line 3: BadLine")
        other = symbol_key("sun.so", "B" * 33)
        commands.s3.put_object(Bucket="symbols", Key=keys.upload(other), Body=b"x")
        store = SymbolBucket(commands.at).store
        store.mark_refused(keys.upload(other), None, DeadLetterCode.NOT_SYMBOLS)
        listed = commands.json("ls")["symbols"]
        assert [(each["key"], each["verdict"]) for each in listed] == [
            (KEY.place, "corrupt line 3: BadLine"),
            (other.place, "refused: not_symbols"),
        ]
        assert (listed[0]["text_bytes"], listed[0]["pack_bytes"]) == (12345, 4)
        assert "BadLine" in commands.run("ls", "moon").stdout
        assert "sun.so" not in commands.run("ls", "moon").stdout
        assert commands.json("ls", "--scope", "thunderbird")["symbols"] == []

    def test_ls_bad_leaves_out_what_is_fine(self, commands: Commands) -> None:
        commands.put_pack()
        assert commands.json("ls", "--bad")["symbols"] == []

    def test_stat_tells_versions_and_changes(self, commands: Commands, tmp_path: Path) -> None:
        commands.run("push", folder_of(tmp_path / "s"))
        commands.put_pack()
        told = commands.json("stat", KEY.place)
        assert (told["verdict"], told["changes"]) == ("fine", [])
        assert len(told["uploads"]) == len(told["packs"]) == 1
        assert "fine" in commands.run("stat", KEY.place).stdout

    def test_pack_sends_the_message_that_a_packer_understands(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        commands.run("push", folder_of(tmp_path / "s"))
        assert commands.run("pack", KEY.place).exit_code == ExitCode.FINE
        [sent] = commands.sqs.receive_message(QueueUrl=commands.queue)["Messages"]
        assert json.loads(sent["Body"])["key"] == keys.upload(KEY)

    @pytest.mark.parametrize("command", ["stat", "verify", "pack"])
    def test_what_is_not_there_is_not_found(self, commands: Commands, command: str) -> None:
        ended = commands.run(command, KEY.place)
        assert getattr(ended.exception, "code", None) == ExitCode.NOT_FOUND

    def test_a_scope_that_can_be_none_is_a_usage_error(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        ended = commands.run("push", folder_of(tmp_path / "s"), "--scope", "../x")
        assert isinstance(ended.exception, UsageError)
