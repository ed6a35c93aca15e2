"""Fires the deployed schedules, which moto keeps but never runs.

Only rules of EventBridge that call functions: nothing else is scheduled in our templates.
"""

import json
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cli.embedded.clock import EmbeddedClock
from cli.embedded.functions import TooManyInvocations
from cli.embedded.poller import Invoke
from cli.embedded.schedule_expressions import ScheduleError, next_due

LOG = logging.getLogger(__name__)

LOOK_AGAIN = 5.0  # seconds until a rule that was deployed meanwhile is noticed


class Schedules:
    """The scheduled rules of the embedded AWS.

    A rule is due for the first time one period after it was noticed. After a jump of the clock it
    fires once, however many periods were jumped over.

    Args:
        clock: By which rules are due.
        client: Makes clients of the server where rules are deployed.
        invoke: Runs a function by its ARN.
    """

    def __init__(self, clock: EmbeddedClock, client: Callable[[str], Any], invoke: Invoke) -> None:
        self._clock = clock
        self._events = client("events")
        self._invoke = invoke
        self._due: dict[tuple[str, str], float] = {}
        self._one_tick = threading.Lock()
        self._wake = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def tick(self) -> list[str]:
        """Fires everything that is due and waits for it; the names of the rules that fired.

        The first tick after a deployment only notes when its rules will be due.
        """
        with self._one_tick:
            rules = {(r["Name"], r["ScheduleExpression"]): r for r in self._rules()}
            now = self._clock.now()
            known = {key: due for key, due in self._due.items() if key in rules}
            self._due = {key: self._next(key[1], now) for key in rules} | known
            return [rule["Name"] for key, rule in rules.items() if self._fire(key, rule, now)]

    def start(self) -> None:
        """Fires rules in the background from now on, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="schedules")
        self._thread.start()

    def stop(self) -> None:
        """Ends the background thread; an invocation under way is waited for."""
        self._stopping = True
        with self._wake:
            self._wake.notify_all()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.tick()
            except Exception:
                LOG.exception("schedules could not be looked at")
            with self._wake:
                soon = self._clock.now() + LOOK_AGAIN
                if not self._stopping:
                    self._clock.wait(self._wake, min([soon, *self._due.values()]))

    def _rules(self) -> list[dict[str, Any]]:
        pages = self._events.get_paginator("list_rules").paginate()
        rules = [rule for page in pages for rule in page["Rules"]]
        return [r for r in rules if r.get("ScheduleExpression") and r["State"] == "ENABLED"]

    def _next(self, expression: str, now: float) -> float:
        try:
            return next_due(expression, now)
        except ScheduleError as error:
            LOG.warning("a schedule never fires: %s", error)
            return float("inf")

    def _fire(self, key: tuple[str, str], rule: dict[str, Any], now: float) -> bool:
        if self._due[key] > now:
            return False
        try:
            for target in self._events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                self._call(target, rule, now)
        except TooManyInvocations:
            return False  # still due at the next look
        self._due[key] = self._next(key[1], now)
        return True

    def _call(self, target: dict[str, Any], rule: dict[str, Any], now: float) -> None:
        arn: str = target["Arn"]
        if arn.split(":")[2] != "lambda":
            LOG.warning("%s is not called: only functions are, by schedule", arn)
            return
        payload = target.get("Input") or json.dumps(_scheduled_event(rule["Arn"], now))
        answer = self._invoke(arn, payload.encode())
        if answer.error is not None:
            LOG.warning("%s failed on schedule: %s", arn, answer.payload.decode(errors="replace"))


def _scheduled_event(rule_arn: str, now: float) -> dict[str, Any]:
    _, _, _, region, account, _ = rule_arn.split(":", 5)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }
