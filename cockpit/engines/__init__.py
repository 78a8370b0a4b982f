"""State machines in event time: events in, derived events or frozen values out. No Qt, files, sockets, clocks."""
