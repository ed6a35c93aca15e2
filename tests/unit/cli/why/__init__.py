"""Tests of what `moonwalk why` tells."""
