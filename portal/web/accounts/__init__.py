"""A person's account: its ways in, its sessions, and two accounts that are one person's."""
