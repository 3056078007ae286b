"""The families of the starter suite, one module each: what a task asks, in twelve wordings, and its data."""
