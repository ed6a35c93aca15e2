"""What the world hears of a crash: an event that whoever asks for it by a rule receives."""

import json
from typing import Any

from moonwalk.contracts import outputs
from moonwalk.contracts.events import CRASH_PROCESSED, SOURCE
from tests.integration.pipeline.pipeline import Pipeline, crash_ids


def listen(pipeline: Pipeline) -> str:
    """Lead the pipeline's events to a queue of a listener's own, and give its URL."""
    sqs, events = pipeline.aws.client("sqs"), pipeline.aws.client("events")
    url = str(sqs.create_queue(QueueName="listener")["QueueUrl"])
    names = ["QueueArn"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]["QueueArn"]
    bus = pipeline.outputs[outputs.EVENT_BUS]
    pattern = json.dumps({"source": [SOURCE], "detail-type": [CRASH_PROCESSED]})
    events.put_rule(Name="Listen", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="Listen", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def test_a_processed_crash_is_told_to_the_target_of_a_rule(pipeline: Pipeline) -> None:
    url = listen(pipeline)
    [crash_id] = crash_ids(7, 1)
    pipeline.collect(crash_id)
    pipeline.send([crash_id])

    def heard() -> list[Any]:
        answer = pipeline.aws.client("sqs").receive_message(QueueUrl=url)
        return list(answer.get("Messages", []))

    [message] = pipeline.wait_for(heard, "no event reached the listener")
    event = json.loads(message["Body"])
    assert (event["source"], event["detail-type"]) == (SOURCE, CRASH_PROCESSED)
    detail = event["detail"]
    assert (detail["crash_id"], detail["attempt"], detail["lane"]) == (crash_id.text, 1, "light")
    assert detail["signature"] == pipeline.processed(crash_id)["signature"]
