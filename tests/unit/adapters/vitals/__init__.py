"""What the kernel tells, of real processes and from recorded files."""
