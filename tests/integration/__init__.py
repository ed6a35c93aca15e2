"""Tests of several parts together, on loopback only."""
