"""Published benchmarks by their official protocols: each is a way of asking and of scoring over an importer of `videostar.datasets`."""
