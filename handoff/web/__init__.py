"""HTTP and WebSockets: what comes in is parsed and checked here, and nothing is decided."""
