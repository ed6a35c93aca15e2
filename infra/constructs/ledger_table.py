"""The ledger: one small item per crash, and an index of what is in flight."""

from aws_cdk import RemovalPolicy
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    ProjectionType,
    Table,
)
from constructs import Construct

from infra.constructs.stored import table_name
from infra.settings import Settings
from moonwalk.contracts import ledger


class LedgerTable(Construct):
    """On demand, because crashes come in bursts; recoverable to any second of five weeks."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.table = Table(
            self,
            "Table",
            table_name=table_name(settings),
            partition_key=Attribute(name=ledger.CRASH_ID, type=AttributeType.STRING),
            billing_mode=BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=ledger.EXPIRES_AT,
            point_in_time_recovery_specification=PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=settings.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.table.add_global_secondary_index(
            index_name=ledger.IN_FLIGHT_INDEX,
            partition_key=Attribute(name=ledger.SHARD, type=AttributeType.NUMBER),
            sort_key=Attribute(name=ledger.DUE_AT, type=AttributeType.NUMBER),
            projection_type=ProjectionType.KEYS_ONLY,
        )
