"""Where alarms go: a topic that is given, or one of the deployment's own."""

from aws_cdk import Annotations, ArnFormat, Aws, Stack
from aws_cdk.aws_cloudwatch_actions import SnsAction
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_sns import ITopic, Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.settings import Settings


class AlarmTopic(Construct):
    """Tells people of alarms."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.action = SnsAction(self._given_or_own(settings))

    def _given_or_own(self, settings: Settings) -> ITopic:
        if settings.alarm_topic_arn:
            return Topic.from_topic_arn(self, "Topic", settings.alarm_topic_arn)
        topic = Topic(self, "Topic", enforce_ssl=True)
        topic.add_to_resource_policy(self._alarms_may_publish(topic))
        acknowledge(
            topic,
            "Alarms name queues and numbers only, and CloudWatch cannot publish to a topic that "
            "is encrypted with the key AWS manages.",
            "AwsSolutions-SNS2",
        )
        if settings.alarm_email:
            topic.add_subscription(EmailSubscription(settings.alarm_email))
        else:
            Annotations.of(self).add_warning_v2(
                "moonwalk:nobody-is-told",
                "Alarms go to a topic that nobody subscribes to: set alarm_email or "
                "alarm_topic_arn, or subscribe to it by hand (docs/deployment.md)",
            )
        return topic

    def _alarms_may_publish(self, topic: Topic) -> PolicyStatement:
        """Let CloudWatch in: a topic with a policy of its own has lost AWS's default one."""
        alarms = Stack.of(self).format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return PolicyStatement(
            principals=[ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={
                "ArnLike": {"aws:SourceArn": alarms},
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            },
        )
