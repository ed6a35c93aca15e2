"""The table of misses: which crash missed which symbols, and the news of these."""

from aws_cdk import RemovalPolicy
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    Table,
)
from constructs import Construct

from infra.constructs.stored import miss_table_name
from infra.settings import Settings
from moonwalk.contracts import misses


class MissTable(Construct):
    """On demand, as the ledger is; a table of its own for its second key (decision 10)."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.table = Table(
            self,
            "Table",
            table_name=miss_table_name(settings),
            partition_key=Attribute(name=misses.PARTITION, type=AttributeType.STRING),
            sort_key=Attribute(name=misses.SORT, type=AttributeType.STRING),
            billing_mode=BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=misses.EXPIRES_AT,
            point_in_time_recovery_specification=PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=settings.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )
