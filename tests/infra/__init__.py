"""What the synthesised deployment must be, whatever else changes in it."""
