"""The workers' service in memory."""

from moonwalk.domain.failures import RetryCode, RetryLater


class FakeWorkers:
    """`Workers` that count.

    Attributes:
        wanted: how many.
        looks: how often somebody asked.
        failing: whether the world is.
    """

    def __init__(self) -> None:
        self.wanted = 0
        self.looks = 0
        self.failing = False

    def wake(self) -> bool:
        self.looks += 1
        if self.failing:
            raise RetryLater(RetryCode.THROTTLED, "waking: AWS answered ThrottlingException")
        woken = self.wanted == 0
        self.wanted = max(1, self.wanted)
        return woken
