"""Facts about calibration exercises: judges score the same pieces, so that their standards can be compared."""
