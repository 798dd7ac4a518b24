"""sqlfluff, with two savings of the processor's time.

It looks for garbage less often, and the rules of layout share the map of where each
token stands, which sqlfluff makes anew for each of them. Nothing is mended here, so
the tree is the same for all. Each of its processes begins by reading this file again.
"""

import gc

from sqlfluff.core.parser import BaseSegment
from sqlfluff.utils.reflow.depthmap import DepthMap

gc.set_threshold(100_000, 20, 20)


class _LastMap:
    """The map of the file that a process is at."""

    parent: BaseSegment | None = None
    depth_map: DepthMap | None = None

    @classmethod
    def of(cls, parent: BaseSegment) -> DepthMap:
        """The map of a tree, made once while one looks at it."""
        if cls.depth_map is None or cls.parent is not parent:
            cls.parent = parent
            cls.depth_map = DepthMap(parent.raw_segments_with_ancestors)
        return cls.depth_map


DepthMap.from_parent = _LastMap.of  # type: ignore[method-assign]

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli()
