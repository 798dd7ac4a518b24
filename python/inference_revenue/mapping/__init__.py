"""Map tables of a billing system or of one's own onto the input contract.

The SQL lies in the project's folder `mapping/`; this package runs it over a source and
keeps what it gives as an append-only input folder.
"""

from inference_revenue.mapping.command import main

__all__ = ["main"]
