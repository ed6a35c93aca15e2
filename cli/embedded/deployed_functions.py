"""Reads from moto what was deployed as Lambda functions, as the function runtime needs it."""

import math
from pathlib import Path

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends

from cli.embedded.code_store import CodeStore
from cli.embedded.function_settings import FunctionSettings


class DeployedFunctions:
    """The functions of one account and region.

    Args:
        account: AWS account number.
        region: AWS region.
        code: Where their code lies unpacked.
    """

    def __init__(self, account: str, region: str, code: CodeStore) -> None:
        self._account = account
        self._region = region
        self._code = code

    def settings(self, function: str) -> FunctionSettings:
        """The function of this name or ARN as it is configured now.

        Raises:
            LookupError: No such function is deployed.
        """
        try:
            found = self._backend().get_function(function)
        except (UnknownFunctionException, ValueError) as error:
            raise LookupError(f"no function {function} is deployed") from error
        return self._read(found)

    def _backend(self) -> LambdaSimpleBackend:
        return lambda_simple_backends[self._account][self._region]

    def _read(self, function: LambdaFunction) -> FunctionSettings:
        reserved = function.reserved_concurrency
        variables = sorted(function.environment_vars.items())
        return FunctionSettings(
            name=function.function_name,
            arn=function.function_arn,
            handler=str(function.handler),
            runtime=str(function.run_time),
            memory=int(function.memory_size),
            timeout=float(function.timeout),
            environment=tuple((name, str(value)) for name, value in variables),
            code=self._code.folder(function.code.get("S3Key"), function.code_bytes),
            layers=tuple(self._layer(layer["Arn"]) for layer in function.layers),
            reserved_concurrency=None if reserved is None else math.floor(float(reserved)),
        )

    def _layer(self, arn: str) -> Path:
        version = self._backend().layers_versions_by_arn(arn)
        if version is None:
            raise LookupError(f"the layer {arn} of a function is not deployed")
        return self._code.folder(version.content.get("S3Key"), version.code_bytes)
