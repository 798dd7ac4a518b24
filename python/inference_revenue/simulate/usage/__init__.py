"""Usage events: drawn in chunks, written as Parquet, summed into the truth."""
