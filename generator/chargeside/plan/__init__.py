"""Turns a network into jobs: one per file to be made, frozen, carrying only the values that file shows."""
