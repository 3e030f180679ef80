"""What an organiser does: the secretary of a unit with units below it. One flow per file."""
