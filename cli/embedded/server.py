"""A moto server in this process, reachable on loopback, with our function runtime behind it."""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config
from moto.core.config import default_user_config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal.models import moto_api_backend
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from cli.embedded.code_store import CodeStore
from cli.embedded.deployed_functions import DeployedFunctions
from cli.embedded.functions import Functions
from cli.embedded.gaps import close_gaps
from cli.embedded.http_server import HttpServer
from cli.embedded.patches import Patches
from cli.embedded.state_machines import await_threads, stop_all

ACCOUNT = DEFAULT_ACCOUNT_ID
DEFAULT_REGION = "eu-central-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "embedded",
    "AWS_SECRET_ACCESS_KEY": "embedded",
    "AWS_SESSION_TOKEN": "embedded",
}
# Express workflows end within five minutes, and StartSyncExecution answers only then.
READ_TIMEOUT = 320
# Moto keeps its state in the process: two servers at a time would be one.
_only_one = threading.Lock()


class EmbeddedServer:
    """The embedded AWS's services while this context is open; empty at its start and its end.

    Args:
        workspace: Folder for logs and scratch files of functions (`logs/<function>.log`).
        region: AWS region of everything.
        port: TCP port on loopback, or 0 for a free one.
        cache: Folder for unpacked code, worth keeping between runs; in the workspace if not given.
        clock_file: Published offset of the embedded clock, for functions to follow.
    """

    def __init__(
        self,
        workspace: Path,
        *,
        region: str = DEFAULT_REGION,
        port: int = 0,
        cache: Path | None = None,
        clock_file: Path | None = None,
    ) -> None:
        self.account = ACCOUNT
        self.region = region
        self.code = CodeStore(cache or workspace / "code")
        self.endpoint_url = ""
        self.functions: Functions
        self._workspace = workspace
        self._port = port
        self._clock_file = clock_file
        self._stack = Patches()

    def __enter__(self) -> Self:
        """Start serving.

        Raises:
            RuntimeError: Another embedded server runs in this process.
            OSError: The port is taken.
        """
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("an embedded AWS already runs in this process; close it first")
        self._stack.callback(_only_one.release)
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """Environment variables with which any AWS client or tool reaches this server."""
        return {
            **CREDENTIALS,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            # StartSyncExecution goes to a host named "sync-…", which only AWS has.
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A boto3 client of this server; closed with it."""
        return self._client(service)

    def _start(self) -> None:
        stack = self._stack
        moto_api_backend.reset()
        stack.callback(moto_api_backend.reset)
        for service, option, value in _MOTO_SETTINGS:
            settings: Any = default_user_config[service]  # type: ignore[literal-required]
            stack.callback(settings.__setitem__, option, settings[option])
            settings[option] = value
        server = HttpServer(self._port)
        self.endpoint_url = server.url
        deployed = DeployedFunctions(self.account, self.region, self.code)
        self.functions = Functions(deployed.settings, self._workspace, self._surroundings())
        stack.enter_context(close_gaps(self.endpoint_url, self.functions))
        self._client = cache(self._make_client)
        # Last in, first out: what could still call is stopped before what it would call.
        stack.callback(await_threads)
        stack.callback(server.close)
        stack.callback(self.functions.close)
        stack.callback(stop_all, stepfunctions_parser_backends[self.account][self.region])

    def _make_client(self, service: str) -> Any:
        config = Config(
            inject_host_prefix=False, max_pool_connections=64, read_timeout=READ_TIMEOUT
        )
        make: Any = boto3.session.Session().client
        client = make(
            service,
            self.region,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=config,
        )
        self._stack.callback(client.close)
        return client

    def _surroundings(self) -> dict[str, str]:
        clock = {"MOONWALK_CLOCK_FILE": str(self._clock_file)} if self._clock_file else {}
        return {**self.environment, **_RUNTIME, **clock}


_MOTO_SETTINGS = (
    ("stepfunctions", "execute_state_machine", True),
    ("lambda", "use_docker", False),
)
# What Lambda's Python runtime sets besides; traces go to a port where nobody listens.
_RUNTIME = {
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
}
