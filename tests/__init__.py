"""Tests, from pure units to the whole pipeline on the embedded AWS."""
