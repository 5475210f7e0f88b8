"""Running the suites over a night: the working database, the verdicts, and what is written."""
