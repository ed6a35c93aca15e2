"""Starts one command and prints what it used: exit code, seconds, processor seconds, bytes.

A process's peak memory starts at that of the process it was started from, whether by fork or by
spawn. So the benchmark, which is large, starts this script in a bare Python, and this starts the
command: the figure cannot be less than the few megabytes of a bare Python. Never imported.
"""

import os
import sys
import time

ENVIRONMENT = {"LANG": "C.UTF-8"}


def main(log: str, command: list[str]) -> None:
    """Run the command with its standard error in a file, and print four numbers."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=actions)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    print(code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
