"""Values and rules of rosters: no Flask, no database, no network."""
