"""Boxes: formats, overlap, and how a loss on overlap pulls one box onto another."""
