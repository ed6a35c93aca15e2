"""Look-ups of versions."""
