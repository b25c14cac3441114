"""What admins ask of their district or their schools."""
