"""Tests of the command line that need nothing to be running."""
