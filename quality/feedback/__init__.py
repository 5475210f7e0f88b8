"""Feedback to a force about one batch: a CSV and a page, without a person's values."""
