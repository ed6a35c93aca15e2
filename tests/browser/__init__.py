"""The page of a crash in a real browser; skipped where there is none."""
