"""Runs, what they changed, what waits of it, and the lists they keep."""
