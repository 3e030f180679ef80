"""What the bot says and does; knows no messenger, no web framework, no clock of its own."""
