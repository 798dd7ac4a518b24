-- One row per landed tier of a price version.
{{ staged(
    'prices',
    rejects={
        'NO_PACKAGE_SIZE': "model = 'package' and package_size is null",
        'MISSING_FIELD_OF_KIND': "model in ('unit', 'percent') and (rate_amount is null or coalesce(rate_per_quantity, 0) <= 0)",
        'BAD_WINDOW': 'tier_to <= tier_from',
        'OUT_OF_RANGE': 'rate_per_quantity >= 100000000000 or rate_amount < 0',
    },
) }}
