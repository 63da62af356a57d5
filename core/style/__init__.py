"""Style transfer: a photo painted with the statistics of another picture."""
