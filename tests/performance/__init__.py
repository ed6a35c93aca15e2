"""What is too slow for every run of the tests: crowds of crashes, as benchmarks."""
