"""Tests of the embedded AWS itself, with stand-ins for what it runs."""
