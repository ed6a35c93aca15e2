"""The use cases over fakes of their ports."""
