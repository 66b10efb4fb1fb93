"""Reads every source file once and gives the model and findings; nothing after this opens a source file."""
