"""A simulator of the record systems of forces, with planted truth."""
