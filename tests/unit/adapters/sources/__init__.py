"""The parts of symbol sources that need no server."""
