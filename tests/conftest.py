"""Names of tests: the same in every process that collects them, or they cannot run side by side."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call bytes by their parameter: gzip writes the time into them, and nobody can read them."""
    return argname if isinstance(val, bytes | bytearray) else None
