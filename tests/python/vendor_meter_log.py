"""A small company that keeps its own request log, with the traps of such logs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

# What each month earned and caught up, worked out by hand; January is closed.
CURRENT = {
    # 600k input at 3.00, 400k cached at 0.30, 100k output at 15.00; and 1m input
    "2025-01": Decimal("3.42") + Decimal("3.00"),
    "2025-02": Decimal("3.00"),
}
CATCH_UP = {
    "2025-01": Decimal(0),
    # used in January: received on 10 February, and without a time of receipt
    "2025-02": Decimal("6.00") + Decimal("3.00"),
}

TABLES = {
    "company": "entity_id,currency\nlog-co,USD\n",
    "accounts": "account_id,name,country,created_at\nacc_1,Ada,de,2025-01-01\n",
    "price_sheet": """\
sheet_id,model,token_kind,amount_per_million,valid_from,published_at
list,m1,input,3.00,2025-01-01,2024-12-01
list,m1,cached,0.30,2025-01-01,2024-12-01
list,m1,output,15.00,2025-01-01,2024-12-01
""",
    "agreements": """\
agreement_id,account_id,sheet_id,accepted_at,starts_at,ends_at,terms_version
ag_1,acc_1,list,2025-01-01,2025-01-01,2026-01-01,terms-7
""",
    "close_calendar": """\
month_start,month_end,state,changed_at,changed_by,cutoff_at
2025-01-01,2025-02-01,closed,2025-02-05T09:00:00Z,controller,2025-02-05T09:00:00Z
""",
}
LOG = """\
request_id,attempt,account_id,model,started_at,received_at,status_code,\
input_tokens,cached_input_tokens,output_tokens,is_internal,environment
r1,1,acc_1,m1,2025-01-09T10:00:00Z,2025-01-09T10:00:05Z,200,1000000,400000,100000,,production
r1,1,acc_1,m1,2025-01-09T10:00:00Z,2025-01-09T10:00:05Z,200,1000000,400000,100000,,production
r2,1,acc_1,m1,2025-01-10T10:00:00Z,2025-01-10T10:00:05Z,500,500000,0,0,,production
r2,2,acc_1,m1,2025-01-10T10:00:09Z,2025-01-10T10:00:15Z,200,1000000,0,0,,production
r3,1,acc_1,m1,2025-01-11T10:00:00Z,2025-01-11T10:00:05Z,200,1000000,0,0,true,production
r4,1,acc_1,m1,2025-01-12T10:00:00Z,,200,1000000,0,0,,production
r5,1,acc_1,m1,2025-01-31T10:00:00Z,2025-02-10T10:00:00Z,200,2000000,0,0,,production
r6,1,acc_1,m1,2025-02-03T10:00:00Z,2025-02-03T10:00:05Z,200,1000000,0,0,,production
r7,1,acc_1,m1,2025-01-13T10:00:00Z,2025-01-13T10:00:05Z,200,1000000,0,0,,staging
"""


def write_meter_log(folder: Path, more: str = "") -> list[Path]:
    """The company's tables as CSV; the source to give to the mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in {**TABLES, "request_log": LOG + more}.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return [folder]
