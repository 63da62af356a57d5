"""The parts of the page Style transfer, one file each."""
