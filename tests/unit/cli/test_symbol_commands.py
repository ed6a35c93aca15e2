"""The commands of `moonwalk symbols`: what they store and print, and how they end."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli import main, opening
from cli.exits import ExitCode, UsageError
from cli.reachable import Reachable
from cli.symbols import push as pushing
from cli.symbols.bucket import SymbolBucket
from moonwalk.adapters.clock import SystemClock
from moonwalk.adapters.miss_table import MissTable
from moonwalk.adapters.missed_module_items import DynamoMissedModules
from moonwalk.contracts import misses
from moonwalk.contracts import symbols as keys
from moonwalk.domain.failures import DeadLetterCode
from moonwalk.domain.request import QueueClass
from moonwalk.domain.symbol_needs import Need
from moonwalk.domain.symbols import symbol_key
from tests.builders import crash_id
from tests.unit.cli.symbol_files import KEY, TEXT, folder_of


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
        self.dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        clients: dict[str, Any] = {"s3": self.s3, "sqs": self.sqs, "dynamodb": self.dynamodb}
        urls = dict.fromkeys(QueueClass, "")
        self.at = Reachable(
            name="here",
            remedy="look",
            bucket="crashes",
            ledger_table="ledger",
            miss_table="misses",
            symbol_bucket="symbols",
            symbol_queue=self.queue,
            heavy_workflow="arn",
            queue_urls=urls,
            knobs="",
            knob_panel="",
            client=clients.__getitem__,
        )

    def run(self, *words: object) -> Any:
        return CliRunner().invoke(main.app, ["symbols", *map(str, words)])

    def json(self, *words: object) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def missed_modules(self) -> DynamoMissedModules:
        """Make the table of misses, and count in it."""
        names = {misses.PARTITION: "HASH", misses.SORT: "RANGE"}
        self.dynamodb.create_table(
            TableName="misses",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in names],
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in names.items()],  # type: ignore[typeddict-item]
        )
        return DynamoMissedModules(MissTable(self.dynamodb, "misses", 1, SystemClock()))

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

    def test_missing_lists_what_has_no_pack_by_crashes_affected(self, commands: Commands) -> None:
        often, packed, seldom = (Need(symbol_key(f"lib{n}.so", f"{n:033X}")) for n in (1, 2, 3))
        modules = commands.missed_modules()
        for need, crashes in ((often, 5), (packed, 9), (seldom, 1)):
            for number in range(crashes):
                modules.count(need, crash_id(number))
        metadata = {keys.TEXT_SHA256: "f", keys.TEXT_BYTES: "1", keys.VERDICT: "fine"}
        place = keys.pack(packed.key)
        commands.s3.put_object(Bucket="symbols", Key=place, Body=b"pack", Metadata=metadata)
        told = commands.json("missing")
        assert [(one["debug_file"], one["crashes"]) for one in told["missing"]] == [
            ("lib1.so", 5),
            ("lib3.so", 1),
        ]
        assert told["complete"] is True
        assert told["missing"][0]["key"] == often.key.place
        assert len(commands.json("missing", "--limit", "1")["missing"]) == 1
        assert commands.json("missing", "--scope", "thunderbird")["missing"] == []
        shown = commands.run("missing").stdout
        assert "lib1.so" in shown
        assert "lib2.so" not in shown

    @pytest.mark.parametrize("command", ["stat", "verify", "pack"])
    def test_what_is_not_there_is_not_found(self, commands: Commands, command: str) -> None:
        ended = commands.run(command, KEY.place)
        assert getattr(ended.exception, "code", None) == ExitCode.NOT_FOUND

    def test_a_scope_that_can_be_none_is_a_usage_error(
        self, commands: Commands, tmp_path: Path
    ) -> None:
        ended = commands.run("push", folder_of(tmp_path / "s"), "--scope", "../x")
        assert isinstance(ended.exception, UsageError)
