"""The event that tells the world about a processed crash."""

SOURCE = "moonwalk"
CRASH_PROCESSED = "crash.processed"
"""Detail type. Delivered at least once; `crash_id` and `attempt` name the run it tells of."""
SCHEMA = 1
