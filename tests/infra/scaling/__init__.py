"""The scaling rules of the synthesised template, held against whole days minute by minute."""
