"""Replaces parts of moto for a while, so that every change to it is undone together."""

from contextlib import ExitStack


class Patches(ExitStack):
    """A stack of replaced attributes; leaving it puts the originals back, last one first."""

    def replace(self, owner: object, name: str, value: object) -> None:
        """Sets `owner.name` to `value` until the stack is left.

        Raises:
            AttributeError: The owner has no such attribute, as after an upgrade of moto.
        """
        original = getattr(owner, name)
        setattr(owner, name, value)
        self.callback(setattr, owner, name, original)
