"""What a deployment has of knobs: it tells which there are, and never how they stand.

The parameter with what is turned is not of any stack: `moonwalk knob` makes it when the first knob
is turned, so that no deployment can set it back, and none of a stack's ends can delete it.
"""

from aws_cdk import ArnFormat, CfnOutput, Stack
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_ssm import StringParameter
from constructs import Construct

from infra.knobs import panel_of
from infra.settings import Settings
from moonwalk.contracts import environment, outputs
from moonwalk.contracts.knobs import document_name, panel_name, write_panel


def knob_environment(settings: Settings) -> dict[str, str]:
    """Tell a part that follows knobs."""
    return {
        environment.KNOBS: document_name(settings.name),
        environment.KNOB_PANEL: write_panel(panel_of(settings)),
    }


def read_knobs(scope: Construct, settings: Settings) -> PolicyStatement:
    """Read what is turned: one parameter, by its name."""
    return PolicyStatement(actions=["ssm:GetParameter"], resources=[knobs_arn(scope, settings)])


def knobs_arn(scope: Construct, settings: Settings) -> str:
    """Give the ARN of the parameter with what is turned."""
    return Stack.of(scope).format_arn(
        service="ssm",
        resource="parameter",
        resource_name=document_name(settings.name).removeprefix("/"),
        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
    )


class KnobPanel(Construct):
    """The parameter that tells who turns knobs which there are, and where they are kept."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        panel = StringParameter(
            self,
            "Panel",
            parameter_name=panel_name(settings.name),
            string_value=write_panel(panel_of(settings)),
            description="Which knobs Moonwalk has. Written by its deployment, see docs/knobs.md.",
        )
        CfnOutput(scope, outputs.KNOBS, value=document_name(settings.name))
        CfnOutput(scope, outputs.KNOB_PANEL, value=panel.parameter_name)
