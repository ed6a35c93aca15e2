"""Synthesises the sample app; the folder with its code is the one argument."""

import sys
from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk.aws_cloudwatch import Metric
from aws_cdk.aws_lambda import Code, Function, LayerVersion, Runtime
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_sqs import DeadLetterQueue, Queue
from aws_cdk.aws_stepfunctions import DefinitionBody, StateMachine, StateMachineType
from aws_cdk.aws_stepfunctions_tasks import LambdaInvoke


def storage(app: App) -> tuple[Bucket, Queue]:
    stack = Stack(app, "SampleStorage")
    letters = DeadLetterQueue(queue=Queue(stack, "DeadLetters"), max_receive_count=3)
    queue = Queue(stack, "Queue", dead_letter_queue=letters, enforce_ssl=True)
    return Bucket(stack, "Bucket", versioned=True, enforce_ssl=True), queue


def pipeline(app: App, code: Path, bucket: Bucket, queue: Queue) -> None:
    stack = Stack(app, "SamplePipeline")
    function = Function(
        stack,
        "Function",
        runtime=Runtime.PYTHON_3_13,
        handler="handler.handler",
        code=Code.from_asset(str(code / "function")),
        layers=[LayerVersion(stack, "Layer", code=Code.from_asset(str(code / "layer")))],
        timeout=Duration.seconds(20),
        environment={"QUEUE_URL": queue.queue_url, "BUCKET": bucket.bucket_name},
    )
    queue.grant_send_messages(function)
    metric: Metric = queue.metric_approximate_number_of_messages_visible()
    metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    CfnOutput(stack, "FunctionName", value=function.function_name)
    for kind in (StateMachineType.EXPRESS, StateMachineType.STANDARD):
        call = LambdaInvoke(stack, f"Call{kind.name}", lambda_function=function)
        body = DefinitionBody.from_chainable(call)
        name = kind.name.capitalize()
        machine = StateMachine(stack, name, state_machine_type=kind, definition_body=body)
        CfnOutput(stack, f"{name}Arn", value=machine.state_machine_arn)


def main(code: str) -> None:
    app = App()
    pipeline(app, Path(code), *storage(app))
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
