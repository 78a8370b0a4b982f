"""One module a subcommand: parse, build, connect, print. No logic of their own."""
