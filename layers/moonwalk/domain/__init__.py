"""What a crash is and what happens to it, free of AWS, of processes and of third-party code."""
