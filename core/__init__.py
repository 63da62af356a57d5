"""What is true: torch implementations of the lab's experiments. No web, no plots."""
