"""What a secretary does for their unit."""
