"""Speed and size beside a peer, in one run: `python -m benchmarks.<name>`."""
