"""Facts about calibration exercises: judges score the same reference pieces, so that their standards can be compared."""
