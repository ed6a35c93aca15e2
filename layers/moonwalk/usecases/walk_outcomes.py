"""How the walks of one crash ended, all of them together."""

from moonwalk.domain.dumps import MAIN_MINIDUMP
from moonwalk.domain.lane import Lane
from moonwalk.domain.outcome import GIVE_UP, Outcome
from moonwalk.domain.task import Task
from moonwalk.usecases.symbol_needs import Walks


def given_up(task: Task, walks: Walks) -> Outcome | None:
    """Give why the light lane gives a crash up, if it does."""
    if task.lane is not Lane.LIGHT:
        return None
    return next((end for end in outcomes(walks) if end in GIVE_UP), None)


def outcomes(walks: Walks) -> list[Outcome]:
    """Give the outcome of each."""
    return [walk.outcome for walk in walks.values()]


def main_outcome(walks: Walks) -> Outcome | None:
    """Give the main minidump's outcome where it is worth a word, and None where all is well."""
    for name, walk in walks.items():
        if name.text == MAIN_MINIDUMP and walk.outcome is not Outcome.OK:
            return walk.outcome
    return None
