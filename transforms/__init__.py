"""Collect a delivery, keep its bytes, turn it into the canonical tables."""
