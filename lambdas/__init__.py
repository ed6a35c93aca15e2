"""Entry points of the deployed functions and of the heavy lane's worker."""
