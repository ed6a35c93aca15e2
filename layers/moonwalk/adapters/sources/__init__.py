"""Symbol sources: symbol servers, buckets and folders, none of which is trusted with anything."""
