"""The parts of the page Anchors & IoU."""
