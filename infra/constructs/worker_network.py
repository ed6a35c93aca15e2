"""Where workers run: a network of their own without a NAT gateway, or one that is given."""

from aws_cdk.aws_ec2 import (
    GatewayVpcEndpointAwsService,
    GatewayVpcEndpointOptions,
    ISubnet,
    IVpc,
    Peer,
    Port,
    SecurityGroup,
    Subnet,
    SubnetConfiguration,
    SubnetSelection,
    SubnetType,
    Vpc,
)
from constructs import Construct

from infra.constructs.acknowledged import acknowledge
from infra.settings import Settings

ZONES = 2
"""One may fail; a third would change nothing for work that waits in a queue."""


class WorkerNetwork(Construct):
    """A VPC, the subnets in it, and a security group that lets nothing in."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.vpc: IVpc = self._given(settings) if settings.vpc_id else self._own()
        self.subnets = self._given_subnets(settings)
        self.public_ip = settings.vpc_public_ip or not settings.vpc_id
        self.security_group = SecurityGroup(
            self,
            "NothingIn",
            vpc=self.vpc,
            allow_all_outbound=False,
            description="Workers call AWS by HTTPS, and nobody calls them.",
        )
        self.security_group.add_egress_rule(Peer.any_ipv4(), Port.tcp(443), "AWS by HTTPS")

    def _own(self) -> Vpc:
        """Public subnets: a worker's own address costs a tenth of a NAT gateway."""
        vpc = Vpc(
            self,
            "Vpc",
            max_azs=ZONES,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                SubnetConfiguration(
                    name="Workers", subnet_type=SubnetType.PUBLIC, map_public_ip_on_launch=False
                )
            ],
            gateway_endpoints={
                "S3": GatewayVpcEndpointOptions(service=GatewayVpcEndpointAwsService.S3),
                "DynamoDb": GatewayVpcEndpointOptions(
                    service=GatewayVpcEndpointAwsService.DYNAMODB
                ),
            },
        )
        acknowledge(
            vpc,
            "Nothing listens in this network and nothing is let in; what workers call is in "
            "CloudTrail.",
            "AwsSolutions-VPC7",
        )
        return vpc

    def _given(self, settings: Settings) -> IVpc:
        """Take the ids as they are: nothing is looked up at synthesis."""
        return Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=settings.vpc_id, availability_zones=["unused"]
        )

    def _given_subnets(self, settings: Settings) -> SubnetSelection:
        if not settings.vpc_id:
            return SubnetSelection(subnet_type=SubnetType.PUBLIC)
        subnets: list[ISubnet] = [
            Subnet.from_subnet_id(self, subnet_id, subnet_id) for subnet_id in settings.vpc_subnets
        ]
        return SubnetSelection(subnets=subnets)
