"""A symbol source that answers as a test says."""

from pathlib import Path

from moonwalk.domain.symbol_places import LoadedModule, SymbolPlace
from moonwalk.domain.symbol_sources import Absent, Answer, Failed, Found, Source, SourceKind


class FakeSymbolSource:
    """A `SymbolSource` whose answers are attributes.

    Attributes:
        answers: one for each fetch; the last one stays.
        known: the answer to look-ups by code id.
        fetches: how often it was asked for a file.
        look_ups: how often it was asked for a place.
    """

    def __init__(self, name: str, *answers: Answer) -> None:
        self.source = Source(SourceKind.FOLDER, name, "/nowhere")
        self.answers = list(answers) or [Absent()]
        self.known: SymbolPlace | Absent | Failed = Absent()
        self.fetches = 0
        self.look_ups = 0

    def place_of(self, _module: LoadedModule) -> SymbolPlace | Absent | Failed:
        self.look_ups += 1
        return self.known

    def fetch(self, _place: SymbolPlace, _module: LoadedModule, to: Path) -> Answer:
        self.fetches += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Found):
            to.write_text(self.source.name)
        return answer
