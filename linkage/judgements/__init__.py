"""What people decide about pairs of records: the queue, the journal, and what it all comes to."""
