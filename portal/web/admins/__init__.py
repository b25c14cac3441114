"""What admins see and decide: how sections do, what waits for them, whom they look for (AD1)."""
