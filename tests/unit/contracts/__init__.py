"""What the parts hand to one another survives the way."""
