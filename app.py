"""Synthesises the deployment: run by the CDK command line, or by itself as `python app.py`."""

import os
import sys

from infra.app import build_app
from infra.assets import AssetsMissingError
from infra.settings import SettingsError

OUTPUT = "cdk.out"


def main() -> int:
    """Write the templates to `CDK_OUTDIR`, which the CDK command line sets, or to `cdk.out`."""
    try:
        build_app(outdir=os.environ.get("CDK_OUTDIR", OUTPUT)).synth()
    except (AssetsMissingError, SettingsError) as error:
        sys.stderr.write(f"moonwalk: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
