"""The walker function of the light lane."""
