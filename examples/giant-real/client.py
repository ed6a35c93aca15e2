"""A client of the cluster by librados: `client.py CONF LIBRARY set-up UUID` or `… work`.

A process of its own, since librados takes its libraries from LD_LIBRARY_PATH at its start.
"""

import ctypes
import itertools
import json
import os
import sys
import threading

POOL = b"giant"
WRITERS = 16
# Above what the daemon writes by way of its log, so that every write goes to the disk at once.
OBJECT = 192 * 1024
NAMES = 400
PATIENCE = b"120"


class Client:
    """A connection to the cluster."""

    def __init__(self, conf: str, library: str) -> None:
        self.rados = ctypes.CDLL(library)
        self.cluster = ctypes.c_void_p()
        self.check(self.rados.rados_create(ctypes.byref(self.cluster), None))
        self.check(self.rados.rados_conf_read_file(self.cluster, conf.encode()))
        for option in (b"client_mount_timeout", b"rados_mon_op_timeout"):
            self.check(self.rados.rados_conf_set(self.cluster, option, PATIENCE))
        self.check(self.rados.rados_connect(self.cluster))

    def check(self, result: int) -> None:
        """Librados answers with a negative error number."""
        if result < 0:
            raise OSError(-result, os.strerror(-result))

    def command(self, prefix: str, **arguments: object) -> None:
        """A command to the monitor."""
        text = json.dumps({"prefix": prefix, **arguments}).encode()
        words = (ctypes.c_char_p * 1)(text)
        nothing = [None] * 4
        size = ctypes.c_size_t
        answer = self.rados.rados_mon_command(self.cluster, words, size(1), b"", size(0), *nothing)
        self.check(answer)

    def work(self, writer: int) -> None:
        """Writes objects and reads them again, until the process is ended."""
        pool = ctypes.c_void_p()
        self.check(self.rados.rados_ioctx_create(self.cluster, POOL, ctypes.byref(pool)))
        content = os.urandom(OBJECT)
        buffer = ctypes.create_string_buffer(OBJECT)
        size = ctypes.c_size_t
        for number in itertools.count(writer):
            name = b"object-%d" % (number * 7919 % NAMES)
            self.check(self.rados.rados_write_full(pool, name, content, size(OBJECT)))
            read = self.rados.rados_read(pool, name, buffer, size(OBJECT), ctypes.c_uint64(0))
            self.check(read)


def main() -> None:
    """Does what the command line asks for."""
    conf, library, task, *rest = sys.argv[1:]
    client = Client(conf, library)
    if task == "set-up":
        client.command("osd new", uuid=rest[0])
        client.command("osd pool create", pool=POOL.decode(), pg_num=32, size=1)
        return
    for writer in range(WRITERS):
        threading.Thread(target=client.work, args=(writer,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
