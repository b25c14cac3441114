"""The ways in, and what coming back from Clever can be for."""
