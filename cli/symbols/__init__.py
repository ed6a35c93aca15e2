"""What `moonwalk symbols` does: finds symbol files, uploads them, and tells what became of them."""
