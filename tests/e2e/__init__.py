"""Tests of the `moonwalk` command as a person uses it: in processes, on the embedded AWS."""
