"""Fake servers of the messengers, strict enough to test against."""
