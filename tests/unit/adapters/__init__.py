"""Adapters that need no AWS."""
