"""Evaluates the alarms of synthesised templates on recorded series, minute by minute.

It understands what our templates use and refuses anything else: an alarm that it took for something
simpler would be shown to work when it does not. What it leaves out of CloudWatch: windows of five
minutes and more begin when it likes, and what it fetches beyond the datapoints that are judged.
"""

from tests.infra.evaluating.alarms import Alarms
from tests.infra.evaluating.recorded import Recorded

__all__ = ["Alarms", "Recorded"]
