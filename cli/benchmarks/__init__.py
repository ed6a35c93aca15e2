"""Benchmarks: each measures against a peer in the same run, or counts; none judges by the clock."""
