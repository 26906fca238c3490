"""The HTTP edge: a route parses, calls one use case, answers."""
