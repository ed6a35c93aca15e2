"""What a deployment tells of rules and of what they make, by environment variables."""

from dataclasses import dataclass

from moonwalk.contracts import environment as names
from moonwalk.variables import VariableReader


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """By which rules crashes are processed, and where what they make goes beside its own bucket.

    Attributes:
        profile: name of the profile.
    """

    profile: str


def read_rule_settings(reader: VariableReader) -> RuleSettings:
    """Read the settings of rules."""
    return RuleSettings(profile=reader.text(names.PROFILE))
