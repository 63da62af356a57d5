"""What the lab's own classifier tells apart. Torch-free, for cards and pages that are painted before torch is there."""

CLASSES = (
    "tench",
    "cassette player",
    "chain saw",
    "church",
    "French horn",
    "garbage truck",
    "gas pump",
    "golf ball",
    "parachute",
    "dog",
    "cat",
    "horse",
    "cow",
    "sheep",
    "person",
)
"""What the logits stand for, in their order."""
