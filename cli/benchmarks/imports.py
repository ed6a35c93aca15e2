"""What the dispatcher's start costs beside the libraries that it cannot do without.

Two scripts take turns in fresh processes: one imports the handler, which makes its clients, the
other imports the same of boto3 and powertools and makes the same clients. Both see nothing but the
function's asset and its layers. Run by `make bench-imports`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cli.benchmarks.report import Goal, publish
from infra.assets import LAMBDAS, Assets
from moonwalk.contracts import environment as names
from moonwalk.domain.request import QueueClass

RUNS = 11
GOAL = 1.3
SHOWN = 25

HANDLER = "import dispatcher.handler"
BARE = """
import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)
from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor, EventType, async_process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
Logger(), Tracer(), AsyncBatchProcessor(EventType.SQS)
for service in ("s3", "sqs", "dynamodb", "stepfunctions", "stepfunctions"):
    boto3.client(service)
"""
MEASURED = """
import json, resource, sys, time
began = time.perf_counter()
exec(sys.argv[1])
wall = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024,
    "modules": sorted(sys.modules),
}))
"""


def environment() -> dict[str, str]:
    """Give the dispatcher an environment that it starts with; nothing is contacted."""
    layer = Assets.of("local", "x86_64").moonwalk_layer
    plain = {
        names.LEDGER_TABLE: "ledger",
        names.CRASH_BUCKET: "crashes",
        names.LIGHT_WORKFLOW: "arn:aws:states:eu-central-1:123456789012:stateMachine:light",
        names.HEAVY_WORKFLOW: "arn:aws:states:eu-central-1:123456789012:stateMachine:heavy",
        names.INTAKE: "text",
        names.KNOBS: "/moonwalk/here/knobs",
        names.KNOB_PANEL: '{"schema":1,"ranges":{"lane.light_limit_mib":[1,0,1]},"sources":[]}',
        names.DUE_AFTER_SECONDS: "1",
        names.HEAVY_DUE_AFTER_SECONDS: "1",
        names.WORKFLOW_SECONDS: "1",
        names.MAX_TRIES: "1",
        names.LEDGER_DAYS: "1",
        names.WORKER_CLUSTER: "workers",
        names.WORKER_SERVICE: "fargate",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_SERVICE_NAME": "dispatcher",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "PYTHONPATH": os.pathsep.join([str(LAMBDAS), str(layer / "python")]),
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "moonwalk-bench-pycache"),
    }
    urls = {
        variable(queue): f"http://localhost/123456789012/{queue}"
        for queue in QueueClass
        for variable in (names.queue_url, names.dead_letter_queue_url)
    }
    return plain | urls


def run(flags: Sequence[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with no path but the asset's and the layers'."""
    command = [sys.executable, "-S", "-P", *flags, *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)


def measure(script: str) -> dict[str, float]:
    """Run a script in a fresh process and give what it used, in seconds and bytes."""
    printed = json.loads(run([], "-c", MEASURED, script).stdout.splitlines()[-1])
    return {key: printed[key] for key in ("wall", "cpu", "memory")}


def slowest_imports() -> list[tuple[float, str]]:
    """Give milliseconds and name of the imports that cost most by themselves."""
    printed = run(["-X", "importtime"], "-c", HANDLER).stderr
    rows = [line.split("|") for line in printed.splitlines() if line.count("|") == 2]  # noqa: PLR2004
    times = [
        (int(own.partition(":")[2]) / 1000, name.strip())
        for own, _, name in rows
        if own.partition(":")[2].strip().isdigit()
    ]
    return sorted(times, reverse=True)[:SHOWN]


def main() -> None:
    """Measure, print and publish."""
    for script in (HANDLER, BARE):
        measure(script)
    pairs = [(measure(HANDLER), measure(BARE)) for _ in range(RUNS)]
    rows = [
        {"run": number, "handler": handler, "bare": bare}
        for number, (handler, bare) in enumerate(pairs, start=1)
    ]
    print("milliseconds of the import itself")
    for milliseconds, name in slowest_imports():
        print(f"{milliseconds:9.2f}  {name}")
    goals = []
    for figure in ("cpu", "wall"):
        ratios = sorted(handler[figure] / bare[figure] for handler, bare in pairs)
        middle = statistics.median(handler[figure] for handler, _ in pairs)
        print(
            f"{figure}: {middle:.3f} s, {statistics.median(ratios):.2f} times the bare script "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f} in {RUNS} pairs)"
        )
        goals.append(Goal(f"dispatcher start, {figure}", GOAL, statistics.median(ratios), "x"))
    publish("imports", goals, rows)


if __name__ == "__main__":
    main()
