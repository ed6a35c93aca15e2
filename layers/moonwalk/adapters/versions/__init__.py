"""Versions of builds: where they are looked up, and how that stays quick whatever happens there."""
