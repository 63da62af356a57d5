"""Segmentation: a class for every pixel, and how good such a map is."""
