"""A look-up of versions that knows what it is told."""


class FakeVersions:
    """`Versions` by a dictionary.

    Attributes:
        known: versions by product, channel and build id.
        broken: whether it cannot be asked.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, str, str], str] = {}
        self.broken = False

    def of(self, product: str, channel: str, build_id: str) -> str | None:
        return None if self.broken else self.known.get((product, channel, build_id)) or None
