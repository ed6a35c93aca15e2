"""The domain, by itself."""
