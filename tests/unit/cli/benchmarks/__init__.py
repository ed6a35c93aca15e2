"""Benchmarks: their arithmetic, and how they read what other tools print; nothing is timed."""
