"""What one can touch: the frame of every page, the photo tray, controls, browser components."""
