"""The rule for who signed the modules of a crash."""

import json
from typing import ClassVar

from moonwalk.rules.rule import Crash, Found, Rule

ANNOTATION = "ModuleSignatureInfo"


class ConvertModuleSignatureInfoRule(Rule):
    """Writes the signers of modules as text, as the stackwalker reads them (Socorro's 5).

    Some clients send an object instead. The stackwalker takes `cert_subject` from it.
    """

    annotations: ClassVar[tuple[str, ...]] = (ANNOTATION,)

    def applies(self, crash: Crash) -> bool:
        """Say whether there is anything but text."""
        return not isinstance(crash.raw.get(ANNOTATION, ""), str)

    def act(self, crash: Crash) -> Found:
        """Give the text; what is nested too deep to be written goes."""
        try:
            return Found(annotations={ANNOTATION: json.dumps(crash.raw[ANNOTATION])})
        except (RecursionError, ValueError):
            return Found(dropped=frozenset({ANNOTATION}))
