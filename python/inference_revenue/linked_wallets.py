"""Which wallets must be drawn together, because units pass between them?

What one wallet can give depends on its use, and what another one holds on that; so a
late unit in the first draws the second anew. Linked are wallets with any path of
passages between them (connected components of a graph, by union-find).
"""

from __future__ import annotations

import pyarrow as pa

Wallet = tuple[str, str]


def link_wallets(passages: pa.Table) -> pa.Table:
    """The group of each wallet: the number, from 1, of its least member in order.

    passages: from_wallet_id, from_unit_code, wallet_id, unit_code; one row for two
        wallets. A wallet is its id and the unit of its lots.
    """
    first: dict[Wallet, Wallet] = {}

    def found(wallet: Wallet) -> Wallet:
        while (above := first.setdefault(wallet, wallet)) != wallet:
            first[wallet] = first[above]
            wallet = above
        return wallet

    for row in passages.to_pylist():
        one = found((row["from_wallet_id"], row["from_unit_code"]))
        other = found((row["wallet_id"], row["unit_code"]))
        first[max(one, other)] = min(one, other)
    wallets = sorted(first)
    groups = [found(wallet) for wallet in wallets]
    numbers = {group: n for n, group in enumerate(sorted(set(groups)), start=1)}
    return pa.table({
        "wallet_id": pa.array([wallet for wallet, _ in wallets], pa.string()),
        "unit_code": pa.array([unit for _, unit in wallets], pa.string()),
        "link_id": pa.array([numbers[group] for group in groups], pa.int64()),
    })  # fmt: skip
