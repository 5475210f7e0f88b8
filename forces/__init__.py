"""What each force sends, and how: its declaration, and a simulator of its record system."""
