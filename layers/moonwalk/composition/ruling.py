"""The rules of a profile, read once for all crashes."""

import os
import secrets
from urllib.parse import urlsplit

from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.ports import CrashStore, Metrics, Versions
from moonwalk.rule_environment import RuleSettings
from moonwalk.rules.processing import Rules
from moonwalk.rules.profile import named
from moonwalk.rules.rule import Parts
from moonwalk.usecases.apply_rules import ApplyRules

_ID_BYTES = 6


class NoVersions:
    """`Versions` of nothing."""

    def of(self, product: str, channel: str, build_id: str) -> str | None:  # noqa: ARG002 - the port's
        """Know none."""
        return None


def compose(
    settings: RuleSettings, store: CrashStore, symbol_bucket: str, region: str, metrics: Metrics
) -> ApplyRules:
    """Put the rules together.

    The addresses of the symbol bucket are nobody's business: rules take them out of crashes.
    """
    profile = named(settings.profile)
    signatures = SiggenSignatures(SignatureLists.read(*profile.signature_lists))
    parts = Parts(
        profile.schema, signatures, _versions(), own_hosts=_own_hosts(symbol_bucket, region)
    )
    # Notes are public, and a host's name tells of a network.
    return ApplyRules(Rules.of(profile, parts, metrics), store, secrets.token_hex(_ID_BYTES))


def _versions() -> Versions:
    return NoVersions()


def _own_hosts(bucket: str, region: str) -> frozenset[str]:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    hosts = {
        f"{bucket}.s3.amazonaws.com",
        f"{bucket}.s3.{region}.amazonaws.com",
        (urlsplit(endpoint).hostname or ""),
    }
    return frozenset(host.lower() for host in hosts if host)
