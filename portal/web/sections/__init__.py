"""Sections: making them, their students, and keeping them in step."""
