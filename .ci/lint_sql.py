"""sqlfluff, looking for garbage less often: it takes half of the processor's time.

Each of its processes begins by reading this file again.
"""

import gc

gc.set_threshold(100_000, 20, 20)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli()
