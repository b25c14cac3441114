"""Where rosters come from, one module a provider."""
