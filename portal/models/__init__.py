"""The tables, the questions asked of them, and the verbs on one row."""
