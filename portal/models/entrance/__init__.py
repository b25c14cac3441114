"""How people come in: sessions, passwords, letters and links."""
