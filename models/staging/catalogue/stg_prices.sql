-- One row per landed tier of a price version.
{{ staged(
    'prices',
    rejects={
        'NO_PACKAGE_SIZE': "model = 'package' and coalesce(package_size, 0) <= 0",
        'MISSING_FIELD_OF_KIND': """(
            model in ('unit', 'percent') and (rate_amount is null or coalesce(rate_per_quantity, 0) <= 0)
            or model in ('flat', 'graduated', 'volume', 'package') and rate_amount is null and flat_amount is null
            or model = 'threshold_total' and flat_amount is null
            or rate_per_quantity <= 0
        )""",
        'BAD_WINDOW': 'tier_to <= tier_from',
        'OUT_OF_RANGE': 'rate_per_quantity >= 100000000000 or rate_amount < 0 or flat_amount < 0 or minimum_amount > maximum_amount',
    },
    compared=[{
        'TIERS_DO_NOT_TILE': tiers_do_not_tile(),
        'TIERS_DIFFER': tiers_differ(),
    }],
) }}
