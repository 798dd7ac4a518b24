-- One row per landed version of a policy election.
{{ staged(
    'policy_elections',
    rejects={
        'UNKNOWN_ENUM': "topic not in (select topic from " ~ ref('policy_topics') ~ ") or " ~ unknown_choice(),
        'MISSING_FIELD_OF_KIND': 'choice is null and value is null',
    },
) }}
