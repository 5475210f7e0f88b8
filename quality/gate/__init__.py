"""Rules about batches as a whole: what holds one, and what differs from the force's history."""
