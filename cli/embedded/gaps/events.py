"""Gaps of EventBridge: moto hands events to rules that did not ask for them."""

from typing import Any

from moto.events.models import Rule

from cli.embedded.patches import Patches


def close(patches: Patches) -> None:
    """Keep events from schedules and from rules that are switched off.

    A schedule has no pattern, which moto takes for one that matches everything; its target is a
    function, which moto cannot call, so `PutEvents` on the same bus would fail.
    """
    send = Rule.send_to_targets

    def send_if_asked(self: Rule, event: Any, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - moto's signature
        if self.state == "ENABLED" and self.event_pattern.get_pattern():
            send(self, event, transform_input)

    patches.replace(Rule, "send_to_targets", send_if_asked)
