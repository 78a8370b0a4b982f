"""Facts, in event time. No logic beyond validation."""
