"""Two accounts of one person: found, claimed, brought together and apart."""
