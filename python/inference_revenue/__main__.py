"""`python -m inference_revenue <command>`."""

import sys

from inference_revenue.cli import main

if __name__ == "__main__":
    sys.exit(main())
