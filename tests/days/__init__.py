"""Days in a district, followed by its Events and by whole reads."""
