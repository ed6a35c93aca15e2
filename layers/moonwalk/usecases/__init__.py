"""What Moonwalk does, in terms of the domain and the ports."""
