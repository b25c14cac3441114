"""Flask and Jinja only: find, act, answer."""
