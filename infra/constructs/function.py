"""A function with its log group, its traces, its layers and a role of its own."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, Size
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import (
    Architecture,
    Code,
    Function,
    ILayerVersion,
    LayerVersion,
    Runtime,
    Tracing,
)
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

from infra.assets import LAMBDAS, NEVER_SHIPPED
from infra.constructs.acknowledged import ANY_RESOURCE, acknowledge
from infra.settings import Settings

RUNTIME = Runtime.PYTHON_3_13
"""The newest one that every wheel of the layer is built and tested for."""
_ARCHITECTURES = {"x86_64": Architecture.X86_64, "arm64": Architecture.ARM_64}
_RETENTION = {
    30: RetentionDays.ONE_MONTH,
    1: RetentionDays.ONE_DAY,
    3: RetentionDays.THREE_DAYS,
    5: RetentionDays.FIVE_DAYS,
    7: RetentionDays.ONE_WEEK,
    14: RetentionDays.TWO_WEEKS,
    60: RetentionDays.TWO_MONTHS,
    90: RetentionDays.THREE_MONTHS,
    120: RetentionDays.FOUR_MONTHS,
    150: RetentionDays.FIVE_MONTHS,
    180: RetentionDays.SIX_MONTHS,
    365: RetentionDays.ONE_YEAR,
    400: RetentionDays.THIRTEEN_MONTHS,
}


def powertools_environment(service: str) -> dict[str, str]:
    """Set up logger and tracer; answers and errors may hold what crashes hold."""
    return {
        "POWERTOOLS_SERVICE_NAME": service,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
        "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
    }


def log_group(scope: Construct, construct_id: str, settings: Settings) -> LogGroup:
    """Make a log group that forgets in time and goes with its stack."""
    return LogGroup(
        scope,
        construct_id,
        retention=_RETENTION[settings.log_days],
        removal_policy=RemovalPolicy.DESTROY,
    )


def layer(
    scope: Construct, construct_id: str, folder: Path, settings: Settings, description: str
) -> LayerVersion:
    """Make a layer of a folder that was built for the deployment's architecture."""
    return LayerVersion(
        scope,
        construct_id,
        code=Code.from_asset(str(folder)),
        compatible_runtimes=[RUNTIME],
        compatible_architectures=[_ARCHITECTURES[settings.architecture]],
        description=description,
    )


class PipelineFunction(Construct):
    """One of the pipeline's functions, made of the package of the same name in `lambdas`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        settings: Settings,
        layers: Sequence[ILayerVersion],
        environment: Mapping[str, str],
        permissions: Iterable[PolicyStatement],
        seconds: int,
        memory_mib: int,
        tmp_mib: int = 512,
        description: str,
    ) -> None:
        super().__init__(scope, construct_id)
        logs = log_group(self, "Logs", settings)
        role = Role(self, "Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(role)
        for statement in permissions:
            role.add_to_policy(statement)
        self.function = Function(
            self,
            "Function",
            description=description,
            code=self._only(package),
            handler=f"{package}.handler.handler",
            runtime=RUNTIME,
            architecture=_ARCHITECTURES[settings.architecture],
            layers=layers,
            role=role,
            log_group=logs,
            tracing=Tracing.ACTIVE,
            timeout=Duration.seconds(seconds),
            memory_size=memory_mib,
            ephemeral_storage_size=Size.mebibytes(tmp_mib),
            environment={**environment, **powertools_environment(package)},
        )
        self._acknowledge()

    def _only(self, package: str) -> Code:
        """Take one package out of `lambdas`, under its own name, so that handlers can import."""
        others = ["/*", f"!/{package}", *NEVER_SHIPPED]
        return Code.from_asset(str(LAMBDAS), exclude=others, ignore_mode=IgnoreMode.GIT)

    def _acknowledge(self) -> None:
        acknowledge(
            self,
            "Traces have no resource that could be named (X-Ray, service authorization).",
            ANY_RESOURCE,
        )
        acknowledge(
            self,
            "Python 3.13 is what the layer's wheels are built and tested for.",
            "AwsSolutions-L1",
        )
