"""Router, reducers, commands, freshness: the one bridge between engines and the screen. No Qt, no sockets."""
