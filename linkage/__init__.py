"""Which records are the same person, across forces, and why."""
