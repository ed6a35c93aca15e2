"""The asker function."""
