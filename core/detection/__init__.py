"""The single-shot grid detector: what its anchors should say, how wrong they are, and the boxes that come out."""
