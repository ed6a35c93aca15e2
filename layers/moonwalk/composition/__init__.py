"""Puts use cases and adapters together: a module for each entry point, imported by no other."""
