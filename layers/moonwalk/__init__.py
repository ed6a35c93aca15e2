"""Crash processing itself: domain, use cases, ports and adapters, shared by all entry points."""
