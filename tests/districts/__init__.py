"""Whole districts: found, read once a night, synced in slices."""
