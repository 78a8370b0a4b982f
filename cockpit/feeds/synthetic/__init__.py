"""The simulated market: one seed gives the same bytes, whatever the step, wherever it is cut."""
