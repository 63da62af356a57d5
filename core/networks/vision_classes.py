"""What the lab's own detectors and segmenter tell apart, in the order of their scores. Torch-free."""

DETECTED = ("person", "dog", "cat", "horse", "sheep", "cow")
SEGMENTED = ("background", *DETECTED)
