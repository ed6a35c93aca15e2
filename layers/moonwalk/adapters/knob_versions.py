"""The document of turned knobs and its versions, for who turns them."""

from typing import Any

from botocore.exceptions import ClientError

from moonwalk.adapters.aws_errors import error_code
from moonwalk.knob_ports import Version

NONE_YET = Version(0, "")
_ABSENT = frozenset({"ParameterNotFound", "ParameterVersionNotFound"})
_DESCRIPTION = "Knobs of Moonwalk that are turned. Written by `moonwalk knob`, see docs/knobs.md."


class SsmKnobStore:
    """A `KnobStore` in Parameter Store, which keeps the last hundred versions, and who wrote them.

    What AWS's client raises it lets through: its user is a person.
    """

    def __init__(self, client: Any, name: str) -> None:
        """Take a client of SSM and the parameter's name."""
        self._client = client
        self._name = name

    def latest(self) -> Version:
        """Read the latest version."""
        return self._get(self._name)

    def version(self, number: int) -> Version:
        """Read an earlier version."""
        return self._get(f"{self._name}:{number}")

    def put(self, text: str, *, first: bool) -> int | None:
        """Write the next version; the first one only where there is none."""
        given = {"Type": "String", "Tier": "Standard", "Description": _DESCRIPTION} if first else {}
        try:
            made = self._client.put_parameter(
                Name=self._name, Value=text, Overwrite=not first, **given
            )
        except ClientError as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise
            return None
        return int(made["Version"])

    def _get(self, name: str) -> Version:
        try:
            found = self._client.get_parameter(Name=name)["Parameter"]
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            return NONE_YET
        return Version(int(found["Version"]), str(found["Value"]))
