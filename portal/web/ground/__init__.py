"""What every request stands on: whose browser it is, what they may, how often, and our headers."""
