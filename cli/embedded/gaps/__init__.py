"""Moto's known gaps, closed in one place, each with its reason.

A gap is something AWS does, that Moonwalk rests on, and that moto 5.2.5 does not do or does
differently. Each is closed by replacing the part of moto for as long as the embedded AWS runs.
What concerns queues under load and time is closed beside them: `cli.embedded.queues` and
`cli.embedded.moto_time`.
"""

from cli.embedded.functions import Functions
from cli.embedded.gaps import events, lambdas, ranges, stacks, storage, templates, workflows
from cli.embedded.patches import Patches


def close_gaps(endpoint_url: str, functions: Functions) -> Patches:
    """Close all gaps; leaving the returned context opens them again.

    Args:
        endpoint_url: Where workflows reach the services they call.
        functions: What runs functions.
    """
    patches = Patches()
    stacks.close(patches)
    templates.close(patches)
    lambdas.close(patches, functions)
    workflows.close(patches, endpoint_url, functions)
    storage.close(patches)
    ranges.close(patches)
    events.close(patches)
    return patches
