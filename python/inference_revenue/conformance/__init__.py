"""Worked cases with known answers, run through the whole pipeline.

The format of a case is described in tests/conformance/README.md.
"""

from inference_revenue.conformance.command import main

__all__ = ["main"]
