"""The four views of the detector page: the final boxes, the grid behind them, how it learns, and how good it is."""
