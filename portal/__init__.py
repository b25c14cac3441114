"""Rosterly: turns Clever classes into sections whose student lists stay right by themselves."""
