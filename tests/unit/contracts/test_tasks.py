"""Tasks and answers come out as they went in, and nothing else is taken for one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonwalk.contracts import tasks
from moonwalk.contracts.tasks import SchemaError
from moonwalk.domain.dumps import Dump
from moonwalk.domain.lane import Lane
from moonwalk.domain.ledger import Fence
from moonwalk.domain.request import Message, Origin, QueueClass, Ruleset
from moonwalk.domain.task import Answer, Status, Task
from tests.builders import BROWSER, MAIN, request, task

WORKFLOW_NAME = 80
"""Characters that Step Functions takes."""

ANY_TASK = st.builds(
    Task,
    request=st.builds(
        request,
        ruleset=st.sampled_from(Ruleset),
        queue=st.sampled_from(QueueClass),
        origin=st.sampled_from(Origin),
        message=st.builds(Message, st.text(), st.floats(0, 2e9), st.integers(1, 1000)),
    ),
    fence=st.builds(Fence, since=st.integers(0, 2**45), attempt=st.integers(1, 999)),
    lane=st.sampled_from(Lane),
    dumps=st.lists(
        st.builds(Dump, st.sampled_from([MAIN, BROWSER]), st.integers(0, 2**40)), max_size=3
    ).map(tuple),
)


@given(ANY_TASK)
def test_a_task_comes_out_as_it_went_in(made: Task) -> None:
    assert tasks.decode_task(json.loads(json.dumps(tasks.encode_task(made)))) == made


@given(ANY_TASK)
def test_a_tasks_name_is_one_that_step_functions_takes(made: Task) -> None:
    assert len(made.name) <= WORKFLOW_NAME
    assert made.name.replace("-", "").replace("_", "").isalnum()


def test_another_attempt_or_ruleset_is_another_name() -> None:
    names = {
        task().name,
        task(fence=Fence(task().fence.since, 2)).name,
        task(fence=Fence(task().fence.since + 1, 1)).name,
        task(request=request(ruleset=Ruleset.REGENERATE_SIGNATURE)).name,
    }
    assert len(names) == 4


@given(st.builds(Answer, st.sampled_from(Status), st.none() | st.text()))
def test_an_answer_comes_out_as_it_went_in(made: Answer) -> None:
    assert tasks.decode_answer(json.loads(json.dumps(tasks.encode_answer(made)))) == made


@pytest.mark.parametrize("key", sorted(tasks.encode_task(task())))
@pytest.mark.parametrize("value", [None, [], {}, "x", -1.5])
def test_a_task_with_a_spoilt_field_is_refused(key: str, value: Any) -> None:
    document = {**tasks.encode_task(task()), key: value}
    if (key, value) == ("dumps", []):
        assert tasks.decode_task(document).dumps == ()
        return
    with pytest.raises(SchemaError):
        tasks.decode_task(document)


@pytest.mark.parametrize("document", [None, [], "task", 7, {}, {"schema": 2}, {"schema": "1"}])
def test_what_is_no_task_or_answer_of_ours_is_refused(document: object) -> None:
    for read in (tasks.decode_task, tasks.decode_answer, tasks.decode_heavy_message):
        with pytest.raises(SchemaError):
            read(document)


def test_a_reader_takes_what_the_version_before_wrote_and_nothing_older_or_newer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "SCHEMA", 3)
    written = {number: {**tasks.encode_task(task()), "schema": number} for number in range(1, 5)}
    assert tasks.decode_task(written[2]) == tasks.decode_task(written[3]) == task()
    for number in (1, 4):
        with pytest.raises(SchemaError):
            tasks.decode_task(written[number])


@pytest.mark.parametrize("token", [None, "", 7, []])
def test_a_heavy_message_without_a_token_is_refused(token: object) -> None:
    document = {"schema": 1, tasks.TASK: tasks.encode_task(task()), tasks.TASK_TOKEN: token}
    with pytest.raises(SchemaError):
        tasks.decode_heavy_message(document)
