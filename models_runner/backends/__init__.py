"""Ways to draw samples from a checkpoint. Only the registry knows which there are."""
