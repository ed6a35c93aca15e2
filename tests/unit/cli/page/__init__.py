"""The page of a crash, read as HTML; `tests/browser` shows it to a browser."""
