"""Small estimators: one file each, fit what was observed, tell it with its statistics."""
