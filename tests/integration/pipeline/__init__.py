"""The deployed template, whole, on the embedded AWS."""
