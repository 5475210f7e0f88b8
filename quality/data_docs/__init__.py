"""Data Docs: what a night's checks found, as pages that need no network."""
