"""The packer function."""
