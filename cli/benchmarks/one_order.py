"""Brings the one part of a stackwalk whose order is random, upstream's included, into one order.

minidump-processor prints a Linux process's limits in the order of a hash map, another one at each
run. Everything else is compared byte for byte, by the benchmarks and by the tests.
"""

import re

_LIMITS = re.compile(rb'(?<="proc_limits":\{"limits":\[)[^\[\]]*(?=\]\})')
_LIMIT = re.compile(rb"\{[^{}]*\}")


def in_one_order(output: bytes) -> bytes:
    """Sort the process limits in a stackwalk's bytes, and leave all others as they are."""
    return _LIMITS.sub(lambda limits: b",".join(sorted(_LIMIT.findall(limits[0]))), output)
