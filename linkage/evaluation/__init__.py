"""How well persons are linked: against a known truth, and from a sample that people reviewed."""
