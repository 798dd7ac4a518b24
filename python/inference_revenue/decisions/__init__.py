"""What people must decide, written as a sheet; and the sheet taken back as inputs."""

from inference_revenue.decisions.command import main

__all__ = ["main"]
