"""Names that the infrastructure and the code must agree on, each defined once."""
