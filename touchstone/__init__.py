"""A small client of Touchstone for the command line: Python's own library, nothing else."""
