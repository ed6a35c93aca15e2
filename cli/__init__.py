"""The `moonwalk` command, the embedded AWS it runs on locally, and the benchmarks."""
