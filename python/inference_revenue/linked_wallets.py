"""Which wallets must be drawn together, because units pass between them?

What one wallet can give depends on its use, and what another one holds on that; so a
late unit in the first draws the second anew. Linked are wallets with any path of
passages between them.
"""

from __future__ import annotations

import networkx as nx  # type: ignore[import-untyped]
import pyarrow as pa


def link_wallets(passages: pa.Table) -> pa.Table:
    """The group of each wallet: the number, from 1, of its least member in order.

    passages: from_wallet_id, from_unit_code, wallet_id, unit_code; one row for two
        wallets. A wallet is its id and the unit of its lots.
    """
    graph = nx.Graph(
        (
            (row["from_wallet_id"], row["from_unit_code"]),
            (row["wallet_id"], row["unit_code"]),
        )
        for row in passages.to_pylist()
    )
    groups = sorted(sorted(group) for group in nx.connected_components(graph))
    linked = sorted(
        (*wallet, number) for number, group in enumerate(groups, 1) for wallet in group
    )
    return pa.table({
        "wallet_id": pa.array([wallet for wallet, _, _ in linked], pa.string()),
        "unit_code": pa.array([unit for _, unit, _ in linked], pa.string()),
        "link_id": pa.array([number for _, _, number in linked], pa.int64()),
    })  # fmt: skip
