"""Two rendered worlds whose every truth is known: dives and procedures."""
