"""The rules of a profile, read once for all crashes, and where what is public of these goes."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from moonwalk.adapters.fetched_lists import fetch
from moonwalk.adapters.public_crashes import S3PublicCrashes
from moonwalk.adapters.signature import SiggenSignatures
from moonwalk.adapters.signature_lists import SignatureLists
from moonwalk.adapters.versions.making import made
from moonwalk.environment import Processing
from moonwalk.ports import Clock, CrashStore, Metrics
from moonwalk.rules.processing import Rules
from moonwalk.rules.profile import Profile, named, public_view
from moonwalk.rules.rule import Parts
from moonwalk.usecases.apply_rules import ApplyRules
from moonwalk.usecases.export import Export

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ID_BYTES = 6


def apply_rules(
    environment: Processing, store: CrashStore, s3: "S3Client", clock: Clock, metrics: Metrics
) -> ApplyRules:
    """Put the rules together.

    The addresses of the symbol bucket are nobody's business: rules take them out of crashes.
    """
    settings = environment.rules
    profile = named(settings.profile)
    parts = Parts(
        schema=profile.schema,
        signatures=SiggenSignatures(_lists(profile, settings.signature_lists, s3)),
        versions=made(settings.versions, clock, metrics, lambda: s3),
        own_hosts=_own_hosts(environment.symbol_bucket, s3.meta.region_name),
    )
    # Notes are public, and a host's name tells of a network.
    return ApplyRules(Rules.of(profile, parts, metrics), store, secrets.token_hex(_ID_BYTES))


def export(environment: Processing, s3: "S3Client") -> Export | None:
    """Give what stores the public form, where there is a bucket for it."""
    settings = environment.rules
    if not settings.public_bucket:
        return None
    crashes = S3PublicCrashes(s3, settings.public_bucket, environment.stored_encoding)
    return Export(public_view(settings.profile), crashes)


def _lists(profile: Profile, address: str, s3: "S3Client") -> SignatureLists:
    if not address:
        return SignatureLists.read(*profile.signature_lists)
    with tempfile.TemporaryDirectory(prefix="moonwalk-lists-") as folder:
        return SignatureLists.read(*profile.signature_lists, fetch(s3, address, Path(folder)))


def _own_hosts(bucket: str, region: str) -> frozenset[str]:
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    hosts = {
        f"{bucket}.s3.amazonaws.com",
        f"{bucket}.s3.{region}.amazonaws.com",
        urlsplit(endpoint).hostname or "",
    }
    return frozenset(host.lower() for host in hosts if host)
