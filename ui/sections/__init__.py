"""The parts of pages that have several."""
