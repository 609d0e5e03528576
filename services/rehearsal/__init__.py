"""Robots that set an event up, judge it and watch it through the real edges: demo, load, checks."""
