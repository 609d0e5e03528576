"""Measurements. Each prints one JSON object as its last line; see README.md for machine and method."""
