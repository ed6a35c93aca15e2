"""The keeper function."""
