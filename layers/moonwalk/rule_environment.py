"""What a deployment tells of rules and of what they make, by environment variables."""

from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.variables import VariableReader


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """By which rules crashes are processed, and where what they make goes beside its own bucket.

    Attributes:
        profile: name of the profile.
        signature_lists: `s3://bucket/prefix/` of lists that go over the profile's; may be empty.
        versions: where versions of builds are looked up; may be empty.
        public_bucket: takes what is public of processed crashes; may be empty.
    """

    profile: str
    signature_lists: str
    versions: str
    public_bucket: str


def read_rule_settings(reader: VariableReader) -> RuleSettings:
    """Read the settings of rules."""
    return RuleSettings(
        profile=reader.text(names.PROFILE),
        signature_lists=reader.text_if_any(names.SIGNATURE_LISTS),
        versions=reader.text_if_any(names.VERSIONS),
        public_bucket=reader.text_if_any(names.PUBLIC_BUCKET),
    )
