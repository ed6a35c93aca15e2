"""Tests of single parts, without a network and without AWS."""
