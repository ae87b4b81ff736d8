"""What things cost: `make bench` prints one JSON line for each figure."""
