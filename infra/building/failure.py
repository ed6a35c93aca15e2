"""The one way in which a build fails."""


class BuildError(Exception):
    """Something is missing or went wrong; the text names it and says how to get it."""
