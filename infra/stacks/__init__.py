"""The stacks of a deployment; each reads like a table of contents."""
