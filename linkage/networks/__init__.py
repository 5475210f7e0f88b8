"""Who is associated with whom, and the circles that associations make."""
