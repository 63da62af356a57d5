"""The parts of the page FCN segmenter, one file each."""
