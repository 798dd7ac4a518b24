-- One row per lot and close from which on another policy on its breakage holds: the nearest election of each topic (D11).
with

elections as (
    {{ elections_of(
        ['breakage', 'unclaimed_property'],
        ref('int_breakage__lots'),
        'grant_id',
        {
            'grant': 'grant_id', 'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
            'grant_kind': 'grant_kind', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id',
        },
    ) }}

    union all

    -- units that earn what they cost each wait for the end, or until more use is remote (D8)
    select *
    from (
        {{ elections_of(
            ['grant_treatment'],
            ref('int_breakage__lots'),
            'grant_id',
            {
                'grant': 'grant_id', 'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
                'grant_kind': 'grant_kind', 'entity': 'entity_id',
            },
        ) }}
    ) as treatments
),

closes as (
    select
        grant_id,
        known_ordinal as from_ordinal
    from elections
    where known_ordinal < replaced_ordinal
    union
    select
        grant_id,
        replaced_ordinal as from_ordinal
    from elections
    where replaced_ordinal < 999999 and known_ordinal < replaced_ordinal
),

in_force as (
    select
        closes.grant_id,
        closes.from_ordinal,
        elections.topic,
        elections.choice,
        elections.election_id
    from closes
    left join elections
        on elections.grant_id = closes.grant_id
        and elections.known_ordinal <= closes.from_ordinal
        and elections.replaced_ordinal > closes.from_ordinal
        and elections.book = '*'
    qualify row_number() over (partition by closes.grant_id, closes.from_ordinal, elections.topic order by {{ nearest_election('elections') }}) = 1
),

int_breakage__elected as (
    select
        grant_id,
        cast(from_ordinal as integer) as from_ordinal,
        cast(lead(from_ordinal, 1, 999999) over (partition by grant_id order by from_ordinal) as integer) as to_ordinal,
        coalesce(
            max(case topic when 'breakage' then choice end),
            max(case when topic = 'grant_treatment' and choice = 'units_delivered' then 'remote' end)
        ) as breakage_choice,
        coalesce(
            max(case topic when 'breakage' then election_id end),
            max(case when topic = 'grant_treatment' and choice = 'units_delivered' then election_id end)
        ) as breakage_election_id,
        coalesce(max(case topic when 'unclaimed_property' then choice end) = 'escheats', false) as escheats
    from in_force
    group by grant_id, from_ordinal
)

select * from int_breakage__elected
