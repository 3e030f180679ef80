"""What is kept: the database, its tables, the queries, the keys that seal it."""
