"""Hotspots: rates that hold up next month, what is hot and since when, and how well it was told.

The mathematics is here, on arrays of one row a cell; ``docs/hotspots.md`` says it in words.
"""
