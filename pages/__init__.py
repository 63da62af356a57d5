"""What is told: each file reads from top to bottom like the description of one experiment."""
