-- One row per landed review.
{{ staged(
    'reviews',
    rejects={
        'UNKNOWN_ENUM': "subject_table not in ('" ~ reviewable_tables() | join("', '") ~ "') and not " ~ matches('subject_table', '^(dim|fct|rpt|chk)_[a-z_]+$'),
        'SELF_REVIEW': reviewed_by_preparer(),
        'ORPHAN': subject_version_absent(),
    },
) }}
