"""Turns a job into bytes. Opens no source file, reads no clock, no network and no environment."""
