"""What a member does twice a day: pledge in the morning, say in the evening how it went."""
