"""What detectors saw, on the screen: the scorecard, lists of events and walls, the evidence drawer, the bench."""
