"""The embedded AWS: the synthesised template, run on this machine with the real code."""
