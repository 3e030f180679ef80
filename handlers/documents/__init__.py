"""Documents: data in, bytes out; nothing here knows the database."""
