"""The symbol queue: which uploads wait to be packed, and how the bucket tells of them.

Beside it the queue of what was too much for the packer function, which workers read.
"""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_s3 import IBucket
from constructs import Construct

from infra.constructs.queue_with_dead_letters import QueueWithDeadLetters
from infra.constructs.s3_intake import bucket_may_send
from infra.constructs.stored import symbol_queue_name
from infra.settings import Settings
from moonwalk.contracts import environment, outputs
from moonwalk.contracts.symbols import UPLOAD_PREFIXES


class SymbolQueue(Construct):
    """A queue with dead letters, fed by the symbol bucket in the way that the settings choose."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        bucket: IBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        made = QueueWithDeadLetters(
            self,
            "Uploads",
            settings=settings,
            visibility=Duration.seconds(settings.packer_visibility_seconds),
            alarms=settings.symbol_alarms,
            subject="symbols",
            queue_name=symbol_queue_name(settings),
        )
        self.queue, self.dead_letters = made.queue, made.dead_letters
        heavy = QueueWithDeadLetters(
            self,
            "Heavy",
            settings=settings,
            visibility=Duration.seconds(settings.heavy_visibility_seconds),
            alarms=settings.heavy_alarms,
            subject="heavy-packing",
        )
        self.heavy_queue, self.heavy_dead_letters = heavy.queue, heavy.dead_letters
        self.late = [*made.late, *heavy.late]
        self.laid_aside = [made.laid_aside, heavy.laid_aside]
        if settings.symbol_events == "notification":
            self.queue.add_to_resource_policy(bucket_may_send(bucket, self.queue))
        else:
            self._rule(bucket)
        stack = Stack.of(self)
        CfnOutput(stack, outputs.SYMBOL_QUEUE, value=self.queue.queue_url)
        CfnOutput(stack, outputs.SYMBOL_DEAD_LETTER_QUEUE, value=self.dead_letters.queue_url)
        CfnOutput(stack, outputs.HEAVY_PACKING_QUEUE, value=self.heavy_queue.queue_url)
        given_up = self.heavy_dead_letters.queue_url
        CfnOutput(stack, outputs.HEAVY_PACKING_DEAD_LETTER_QUEUE, value=given_up)

    @property
    def urls(self) -> dict[str, str]:
        """Environment of those who pack."""
        return {
            environment.SYMBOL_QUEUE_URL: self.queue.queue_url,
            environment.SYMBOL_DEAD_LETTER_QUEUE_URL: self.dead_letters.queue_url,
            environment.HEAVY_PACKING_QUEUE_URL: self.heavy_queue.queue_url,
        }

    def _rule(self, bucket: IBucket) -> None:
        uploads = EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [bucket.bucket_name]},
                "object": {"key": [{"prefix": prefix} for prefix in UPLOAD_PREFIXES]},
            },
        )
        target = SqsQueue(self.queue, dead_letter_queue=self.dead_letters)
        Rule(self, "Uploaded", event_pattern=uploads, targets=[target])
