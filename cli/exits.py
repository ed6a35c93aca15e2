"""How a command ends: the exit codes, and the errors that lead to them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; `walk` passes the stackwalker's own on."""

    FINE = 0
    NEGATIVE = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    SET_UP_INCOMPLETE = 5
    SYMBOLS_INCOMPLETE = 6
    INTERRUPTED = 130


MEANING = {
    ExitCode.FINE: "fine",
    ExitCode.NEGATIVE: "the crash or the symbols failed or did not end in time; the answer is no",
    ExitCode.USAGE: "the command line or a file it names cannot be used",
    ExitCode.NOT_FOUND: "there is no such crash or symbol file",
    ExitCode.UNREACHABLE: "nothing to attach to, or the deployment cannot be reached",
    ExitCode.SET_UP_INCOMPLETE: "something is not built or not installed",
    ExitCode.SYMBOLS_INCOMPLETE: "walked, but without symbols that a server failed to give",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What each code means, for `--help` and the documentation."""

EPILOG = "Exit codes: " + " · ".join(f"{code.value} {text}" for code, text in MEANING.items())


class CommandError(Exception):
    """What a command cannot do, told to a person; never a traceback.

    Attributes:
        what: what happened, to what.
        remedy: what to do about it.
        code: how the command ends.
    """

    code = ExitCode.NEGATIVE

    def __init__(self, what: str, remedy: str) -> None:
        """Take the two halves of the message."""
        super().__init__(f"{what} — {remedy}")
        self.what = what
        self.remedy = remedy


class Negative(CommandError):  # noqa: N818 - an answer rather than an error
    """The command did its work, and the answer is no."""


class UsageError(CommandError):
    """An argument, or a file that an argument names, cannot be used."""

    code = ExitCode.USAGE


class NotFound(CommandError):  # noqa: N818 - an answer rather than an error
    """There is no such crash or symbol file."""

    code = ExitCode.NOT_FOUND


class Unreachable(CommandError):  # noqa: N818 - named for what it tells of the deployment
    """No Moonwalk answers where one was looked for."""

    code = ExitCode.UNREACHABLE


class SetUpIncomplete(CommandError):  # noqa: N818 - named for what it tells of the checkout
    """Something has to be built or installed first."""

    code = ExitCode.SET_UP_INCOMPLETE
