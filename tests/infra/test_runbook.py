"""The runbook: a section for each alarm, and commands that exist.

Those of `moonwalk` are run in `tests/integration/pipeline/test_runbook.py`.
"""

import re
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import Session

from infra.observability.watches import Watch
from tests.runbook import PARTS, RUNBOOK, Section, commands, sections

AWS_COMMANDS = [command for command in commands() if command[0] == "aws"]
CLIENT_SIDE = {"query"}
"""Options of the command line itself."""
OWN_OPERATIONS = {("logs", "tail"): {"since", "filter-pattern"}}
"""Of the command line, made of several calls."""


def test_each_alarm_has_its_section_and_each_section_its_alarm() -> None:
    assert [each.anchor for each in sections()] == [row.value.slug for row in Watch]


@pytest.mark.parametrize("section", sections(), ids=lambda each: each.anchor)
def test_a_section_says_what_it_means_where_to_look_what_to_do_and_when_to_escalate(
    section: Section,
) -> None:
    places = [section.text.find(f"**{part}") for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert section.commands


def test_links_of_the_page_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", RUNBOOK.read_text(encoding="utf-8"))
    anchors = {f"#{each.anchor}" for each in sections()}
    missing = [
        link
        for link in links
        if link not in anchors and not (RUNBOOK.parent / Path(link.split("#")[0])).is_file()
    ]
    assert not missing


def test_only_moonwalk_and_the_aws_command_line_are_needed() -> None:
    assert {command[0] for command in commands()} == {"moonwalk", "aws"}


@pytest.mark.parametrize("command", AWS_COMMANDS, ids=" ".join)
def test_a_command_of_aws_names_an_operation_and_options_that_exist(command: list[str]) -> None:
    service, operation = command[1:3]
    options = {word.removeprefix("--") for word in command if word.startswith("--")} - CLIENT_SIDE
    if (service, operation) in OWN_OPERATIONS:
        assert options <= OWN_OPERATIONS[service, operation]
        return
    try:
        model = Session().get_service_model(service)
    except UnknownServiceError:
        pytest.fail(f"there is no service {service}")
    known = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in known
    shape = model.operation_model(known[operation]).input_shape
    members = shape.members if shape else {}
    allowed = {xform_name(name, "-") for name in members}
    required = {xform_name(name, "-") for name in (shape.required_members if shape else ())}
    switches = {f"no-{name}" for name in allowed}
    assert required <= options <= allowed | switches


def test_alarms_are_asked_for_with_the_composites_that_page_or_by_one_that_exists() -> None:
    pages = {
        f"moonwalk-{row.value.slug}" for row in Watch if row.value.pages or row is Watch.EXPLAINED
    }
    asked = [command for command in AWS_COMMANDS if command[2] == "describe-alarms"]
    for command in asked:
        if "--children-of-alarm-name" in command:
            # AWS takes no other filter beside it.
            option, name, query, _ = command[3:]
            assert (option, query) == ("--children-of-alarm-name", "--query")
            assert name in pages
        else:
            at = command.index("--alarm-types")
            assert command[at + 1 : at + 3] == ["MetricAlarm", "CompositeAlarm"]
    assert asked


def test_nobody_is_told_to_take_workers_from_scaling_that_has_more() -> None:
    assert not [command for command in AWS_COMMANDS if "--desired-count" in command]
