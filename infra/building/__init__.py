"""How the deployable parts are made, one kind of part a file."""
