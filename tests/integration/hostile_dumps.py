"""Small minidumps, made by hand, that ask a stackwalker for more than they should get.

Layouts are those of Microsoft's minidump format as rust-minidump's `minidump-common` reads them;
all numbers are little-endian. A dump here has one amd64 thread of Linux and one module.
"""

import struct

MODULE_BASE = 0x40_0000
MODULE_SIZE = 0x100_0000
RETURN_ADDRESS = MODULE_BASE + 0x1000
STACK_BASE = 0x7FFF_0000_0000
FRAME_BYTES = 16
DEBUG_FILE = "chain.so"
DEBUG_ID = "11" * 16 + "1"
SYMBOL_PATH = f"{DEBUG_FILE}/{DEBUG_ID}/{DEBUG_FILE}.sym"

_HEADER = struct.Struct("<4sIIIIIQ")
_DIRECTORY_ENTRY = struct.Struct("<III")
_VERSION = 0xA793
_THREAD_LIST, _MODULE_LIST, _SYSTEM_INFO = 3, 4, 7
_AMD64, _LINUX = 9, 0x8201
_CONTEXT_BYTES, _CONTEXT_FLAGS, _RSP, _RBP, _RIP = 1232, 48, 152, 160, 248
_CONTEXT_AMD64_ALL = 0x10_001F


class _Image:
    """Bytes of a dump under construction; `add` tells where they came to lie."""

    def __init__(self, reserved: int) -> None:
        self.data = bytearray(reserved)

    def add(self, content: bytes) -> tuple[int, int]:
        """Append `content`; its size and its offset, as a location descriptor has them."""
        offset = len(self.data)
        self.data += content
        return len(content), offset


def chain_of_frames(
    frames: int, debug_file: bytes = DEBUG_FILE.encode(), code_file: str = DEBUG_FILE
) -> bytes:
    """A dump whose only stack is `frames` frames of 16 bytes, each pointing at the next one.

    Every frame is plausible to a walk by frame pointers, so 16 bytes of dump become a frame with
    its registers in memory and in the JSON.
    """
    return _dump(_chained_stack(frames), 1, debug_file, code_file)


def thread_list_that_claims(threads: int) -> bytes:
    """A dump that has one thread and says that it has `threads`."""
    return _dump(_chained_stack(2), thread_count=threads)


def symbols_with_publics(publics: int) -> bytes:
    """Symbols of the module in which every look-up of the chain's frames passes all `publics`."""
    first = RETURN_ADDRESS - MODULE_BASE + 1
    lines = (f"PUBLIC {first + n:x} 0 p" for n in range(publics))
    return "\n".join([f"MODULE Linux x86_64 {DEBUG_ID} {DEBUG_FILE}", *lines, ""]).encode()


def _chained_stack(frames: int) -> bytes:
    words = (
        word
        for n in range(1, frames + 1)
        for word in (STACK_BASE + n * FRAME_BYTES, RETURN_ADDRESS)
    )
    return struct.pack(f"<{2 * frames}Q", *words)


def _dump(
    stack: bytes,
    thread_count: int,
    debug_file: bytes = DEBUG_FILE.encode(),
    code_file: str = DEBUG_FILE,
) -> bytes:
    streams = 3
    image = _Image(_HEADER.size + streams * _DIRECTORY_ENTRY.size)
    stack_at, context_at = image.add(stack), image.add(_context())
    name = code_file.encode("utf-16-le")
    _, name_at = image.add(struct.pack("<I", len(name)) + name + b"\0\0")
    codeview = b"RSDS" + b"\x11" * 16 + struct.pack("<I", 1) + debug_file + b"\0"
    codeview_at = image.add(codeview)
    directory = [
        (_SYSTEM_INFO, *image.add(_system_info())),
        (_THREAD_LIST, *image.add(_threads(thread_count, stack_at, context_at))),
        (_MODULE_LIST, *image.add(_modules(name_at, codeview_at))),
    ]
    _HEADER.pack_into(image.data, 0, b"MDMP", _VERSION, streams, _HEADER.size, 0, 0, 0)
    for n, entry in enumerate(directory):
        _DIRECTORY_ENTRY.pack_into(image.data, _HEADER.size + n * _DIRECTORY_ENTRY.size, *entry)
    return bytes(image.data)


def _context() -> bytes:
    context = bytearray(_CONTEXT_BYTES)
    struct.pack_into("<I", context, _CONTEXT_FLAGS, _CONTEXT_AMD64_ALL)
    for register, value in ((_RSP, STACK_BASE), (_RBP, STACK_BASE), (_RIP, RETURN_ADDRESS)):
        struct.pack_into("<Q", context, register, value)
    return bytes(context)


def _system_info() -> bytes:
    return struct.pack("<HHHBBIIIIIHH24x", _AMD64, 0, 0, 1, 0, 0, 0, 0, _LINUX, 0, 0, 0)


def _threads(count: int, stack: tuple[int, int], context: tuple[int, int]) -> bytes:
    return struct.pack("<IIIIIQQIIII", count, 1, 0, 0, 0, 0, STACK_BASE, *stack, *context)


def _modules(name_at: int, codeview: tuple[int, int]) -> bytes:
    return struct.pack("<IQIIII52xII24x", 1, MODULE_BASE, MODULE_SIZE, 0, 0, name_at, *codeview)
