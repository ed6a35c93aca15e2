"""The releaser function."""
