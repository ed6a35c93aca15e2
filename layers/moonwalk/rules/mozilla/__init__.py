"""Rules that only make sense for products of Mozilla."""
