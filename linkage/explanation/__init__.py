"""Why records are held to be one person, or are not: the facts, as plain data."""
