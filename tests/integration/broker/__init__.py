"""The symbol broker as walkers and their parents meet it."""
