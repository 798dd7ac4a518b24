"""Agreements with special terms: every kind of line, grant and event of the contract.

The plain company sells usage, fees and goods at scale. The deals here come on top of
it, a few of each programme, so that each word of the input contract's lists is used:
prepaid packs, commitments, plans with credits, tiered prices, outcomes, projects,
bundles, incentives, changed terms and remedies. `draw.draw_specials` draws them all;
a programme is one function that fills a `deal.Deal` with rows, as they would be
recorded in time. `lots` and `segments` say what some of them should earn.
"""
