"""Small estimators, one file each: fit what was observed, tell its statistics."""
