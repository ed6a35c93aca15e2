"""Functions: what each is given, and that it understands it."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.knobs import panel_of
from infra.settings import Settings
from moonwalk.contracts import environment as names
from moonwalk.domain.knobs import LIGHT_KILL
from moonwalk.environment import read_dispatcher, read_reconciler, read_walker, read_worker
from moonwalk.knob_environment import read_keeper
from moonwalk.miss_environment import read_asker, read_releaser
from moonwalk.symbol_environment import read_packer
from tests.infra.conftest import Synthesise
from tests.infra.templates import Template, Templates, plain

PACKAGES = ("dispatcher", "walker", "reconciler", "packer", "releaser", "keeper")
SOURCES = [{"kind": "http", "name": "server", "address": "https://symbols.example.org/"}]
WITH_PROGRAMS = ("walker", "packer")
LAMBDAS_OWN = "POWERTOOLS_"


@pytest.fixture(scope="module")
def pipeline(templates: Templates) -> Template:
    return templates.pipeline


@pytest.fixture(scope="module")
def with_sources(synthesise: Synthesise) -> Templates:
    return synthesise(symbol_sources=SOURCES)


def environment_of(properties: dict[str, Any]) -> dict[str, str]:
    return {key: plain(value) for key, value in properties["Environment"]["Variables"].items()}


def worker_environment(templates: Templates) -> dict[str, str]:
    task = templates.heavy_lane.properties("AWS::ECS::TaskDefinition")[0]
    container = task["ContainerDefinitions"][0]
    return {each["Name"]: plain(each["Value"]) for each in container["Environment"]}


def test_there_is_no_function_but_ours(templates: Templates) -> None:
    handlers = {
        properties["Handler"]
        for template in templates
        for properties in template.properties("AWS::Lambda::Function")
    }
    assert handlers == {f"{package}.handler.handler" for package in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_function_has_its_log_group_its_traces_and_layers(
    pipeline: Template, package: str
) -> None:
    properties = pipeline.function(package)
    logs = properties["LoggingConfig"]["LogGroup"]["Ref"]
    group = pipeline.of_type("AWS::Logs::LogGroup")[logs]["Properties"]
    assert group["RetentionInDays"] == 30
    assert properties["TracingConfig"] == {"Mode": "Active"}
    assert len(properties["Layers"]) == (2 if package in WITH_PROGRAMS else 1)


def test_no_two_functions_share_a_role(pipeline: Template) -> None:
    roles = [plain(pipeline.function(package)["Role"]) for package in PACKAGES]
    assert len(set(roles)) == len(roles)


def test_traces_hold_no_answers_and_no_errors(templates: Templates) -> None:
    for package in PACKAGES:
        variables = environment_of(templates.pipeline.function(package))
        assert variables["POWERTOOLS_TRACER_CAPTURE_RESPONSE"] == "false"
        assert variables["POWERTOOLS_TRACER_CAPTURE_ERROR"] == "false"


SET_BY_ECS = {names.ECS_AGENT_URI}


class Watched(dict[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def read_worker_and_packer(variables: dict[str, str]) -> None:
    read_worker(variables)
    read_packer(variables)


@pytest.mark.parametrize(
    ("part", "read"),
    [
        ("dispatcher", read_dispatcher),
        ("walker", read_walker),
        ("reconciler", read_reconciler),
        ("packer", read_packer),
        ("worker", read_worker_and_packer),
        ("keeper", read_keeper),
        ("releaser", read_releaser),
        ("asker", read_asker),
    ],
)
def test_each_part_is_told_what_it_reads_and_nothing_else(
    templates: Templates,
    with_sources: Templates,
    part: str,
    read: Callable[[dict[str, str]], object],
) -> None:
    templates = with_sources if part == "asker" else templates
    variables = (
        worker_environment(templates)
        if part == "worker"
        else environment_of(templates.pipeline.function(part))
    )
    ours = Watched({key: value for key, value in variables.items() if key.startswith("MOONWALK_")})
    read(ours)
    assert ours.asked - SET_BY_ECS == ours.keys()


def test_folders_of_packs_and_symbols_are_chosen_when_a_stack_is_deployed(
    templates: Templates,
) -> None:
    for template in (templates.pipeline, templates.heavy_lane):
        parameters = template.document["Parameters"]
        assert parameters["PackFolders"]["Default"] == parameters["SymbolFolders"]["Default"] == ""
    light = environment_of(templates.pipeline.function("walker"))
    for variables in (light, worker_environment(templates)):
        assert variables[names.PACK_FOLDERS] == "<PackFolders>"
        assert variables[names.SYMBOL_FOLDERS] == "<SymbolFolders>"


def test_the_times_of_a_crash_in_the_light_lane_fit_into_each_other(pipeline: Template) -> None:
    dispatcher = pipeline.function("dispatcher")
    visibilities = [
        queue["Properties"]["VisibilityTimeout"]
        for key, queue in pipeline.of_type("AWS::SQS::Queue").items()
        if key.startswith("Intake") and "RedrivePolicy" in queue["Properties"]
    ]
    times = [
        panel_of(Settings()).ranges[LIGHT_KILL].most,
        pipeline.function("walker")["Timeout"],
        pipeline.definition("EXPRESS")["States"]["Walk"]["TimeoutSeconds"],
        pipeline.definition("EXPRESS")["TimeoutSeconds"],
        dispatcher["Timeout"],
        int(environment_of(dispatcher)[names.DUE_AFTER_SECONDS]),
        min(visibilities),
    ]
    assert times == sorted(set(times))


def schedules(pipeline: Template) -> dict[str, str]:
    """How often each function is called by the clock, by its package."""
    functions = pipeline.of_type("AWS::Lambda::Function")
    return {
        functions[rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]]["Properties"]["Handler"].partition(
            "."
        )[0]: rule["ScheduleExpression"]
        for rule in pipeline.properties("AWS::Events::Rule")
        if "ScheduleExpression" in rule
    }


def test_nobody_tries_a_round_again_before_the_next(with_sources: Templates) -> None:
    """Neither the rule nor Lambda, whose retries would count as errors of further rounds."""
    pipeline = with_sources.pipeline
    for rule in pipeline.properties("AWS::Events::Rule"):
        if "ScheduleExpression" in rule:
            assert rule["Targets"][0]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    tried = {
        config["FunctionName"]["Ref"]: config["MaximumRetryAttempts"]
        for config in pipeline.properties("AWS::Lambda::EventInvokeConfig")
    }
    clock = {
        key
        for key, function in pipeline.of_type("AWS::Lambda::Function").items()
        if function["Properties"]["Handler"].partition(".")[0] in schedules(pipeline)
    }
    assert tried == dict.fromkeys(clock, 0)


def test_a_round_by_the_clock_ends_before_the_next_begins(with_sources: Templates) -> None:
    pipeline = with_sources.pipeline
    assert schedules(pipeline) == {
        "keeper": "rate(1 minute)",
        "reconciler": "rate(1 minute)",
        "releaser": "rate(1 minute)",
        "asker": "rate(15 minutes)",
    }
    assert pipeline.function("reconciler")["Timeout"] < 60
    assert pipeline.function("releaser")["Timeout"] < 60
    assert pipeline.function("asker")["Timeout"] < 15 * 60
    for package in ("releaser", "asker"):
        function = pipeline.function(package)
        assert int(environment_of(function)[names.ROUND_SECONDS]) < function["Timeout"]


def test_nobody_asks_by_the_clock_where_there_are_no_sources(pipeline: Template) -> None:
    assert schedules(pipeline).keys() == {"keeper", "reconciler", "releaser"}


def test_crashes_are_released_later_than_walkers_believe_that_there_is_no_pack(
    pipeline: Template,
) -> None:
    believed = environment_of(pipeline.function("walker"))[names.PACK_ABSENT_SECONDS]
    after = environment_of(pipeline.function("packer"))[names.RELEASE_AFTER_SECONDS]
    assert int(believed) < int(after)


def test_the_packer_holds_a_giant_within_half_a_gigabyte(pipeline: Template) -> None:
    packer = pipeline.function("packer")
    told = environment_of(packer)
    assert packer["MemorySize"] <= 512
    assert int(told[names.PACK_MEMORY_BYTES]) < 512 * 1024 * 1024
    assert packer["EphemeralStorage"]["Size"] * 1024 * 1024 >= 2 * int(
        told[names.SYMBOL_TEXT_BYTES]
    )
    assert int(told[names.PACK_SECONDS]) < packer["Timeout"]
