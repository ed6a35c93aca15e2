"""Profiles: what rules make of a crash, as data. A folder each, see `docs/rules.md`."""
