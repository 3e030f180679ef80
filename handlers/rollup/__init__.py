"""The roll-up: the figures of a unit with everything below it, and how they are told."""
