"""Photos of signs in the field: which code hangs there, whether it is ours, and how much of it can still be read."""
