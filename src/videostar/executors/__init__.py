"""Where batches are answered when not in this process."""
