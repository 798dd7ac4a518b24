"""Readers of the input folder: which files there are, and how each form is read."""
