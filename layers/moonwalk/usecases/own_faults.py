"""Telling what fails where a worker runs from what a crash makes fail.

A worker with a sick disk, or without a thread to spare, fails every crash that it takes. Was that
counted against the crashes, one such worker would turn a whole queue into poison.
"""

import errno

from moonwalk.domain.failures import RetryCode, RetryLater

_SURROUNDINGS = frozenset(
    {
        errno.EAGAIN,
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENODEV,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ENXIO,
        errno.EROFS,
        errno.ESTALE,
        errno.EUCLEAN,
    }
)
"""Disk, memory, descriptors. What an input could bring about, such as a name that is too long,
is not among them: that has to stay a silent end, or such a crash would come back for ever."""
_NO_THREAD = "can't start new thread"
"""All that Python tells of it: the error has no class and no number of its own."""


def as_own_fault(error: OSError | RuntimeError) -> RetryLater | None:
    """Tell an error of the worker's surroundings as such; None when the crash may be at fault."""
    if isinstance(error, OSError):
        if error.errno not in _SURROUNDINGS:
            return None
        return RetryLater(RetryCode.WORKER_BROKEN, f"the worker's machine: {error.strerror}")
    if str(error) != _NO_THREAD:
        return None
    return RetryLater(RetryCode.WORKER_BROKEN, f"the worker's machine: {_NO_THREAD}")
