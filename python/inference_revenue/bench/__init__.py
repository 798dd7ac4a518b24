"""Speed of the main job, in units of one bare scan-and-group of its usage events.

A size is measured in processes of their own: the bare query, the build, the bare query
again. So each has its own memory, and a machine that slows down slows both.
"""

from inference_revenue.bench.command import main

__all__ = ["main"]
