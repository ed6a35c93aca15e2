"""The worker of the heavy lane: a container that lives long."""
