"""Entry points over fakes: what they do around the use cases."""
