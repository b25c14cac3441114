"""Measurements against floors taken in the same minute: `make bench`."""
