"""Parts of the NMS page."""
