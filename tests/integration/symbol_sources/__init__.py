"""Symbol servers that do wrong what a server can do wrong, over real sockets."""
