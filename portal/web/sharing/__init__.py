"""The Clever page: what a district shares, as each reader may see it (K1)."""
