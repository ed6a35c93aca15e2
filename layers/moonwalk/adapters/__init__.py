"""The ports made real: AWS services, the stackwalker process, the signature library, the clock."""
