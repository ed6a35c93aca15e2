"""What `moonwalk why` tells of one crash: where its time went, and why."""
