"""Processes crashes from files, as the pipeline does: without AWS, network or a stackwalker."""
