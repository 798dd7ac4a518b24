-- One row per landed version of a policy election.
{{ staged(
    'policy_elections',
    rejects={
        'UNKNOWN_ENUM': "topic not in (select topic from " ~ ref('policy_topics') ~ ") or " ~ unknown_choice(),
        'MISSING_FIELD_OF_KIND': "choice is null and value is null or scope_type <> 'global' and scope_id is null",
    },
    unreviewed=retroactive_election(),
    compared=[{
        'OVERLAPPING_WINDOW': holds_beside_another(
            'election_id',
            ['{row}.topic', '{row}.scope_type', "coalesce({row}.scope_id, '*')"],
            'effective_from', 'effective_to', of_books=true,
        ),
    }],
) }}
