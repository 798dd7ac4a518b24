-- One row per line whose amount is variable, what of the price it moves and closes that believed its terms (D6; ASC 606-10-32-5..9, IFRS 15.50..54).
--
-- A contingent line is variable by itself, and so is overage that is earned with its minimum, in either direction; a stated fee is where somebody estimates that less, or more, of it
-- will be kept: an implicit price concession, or a share given back. Of a fee that waits for its price the change says it (25-11).
with

contracts as (
    select * from {{ ref('dim_contracts') }}
),

estimated as (
    select distinct
        kind,
        scope_type,
        scope_id
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind in ('variable_consideration', 'reversal_rate')
        and book = '*'
),

progress_uses as (
    select
        line_id,
        min(minimum_line_id) as minimum_line_id
    from {{ ref('fct_minimum_uses') }}
    where is_by_progress
    group by line_id
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        lines.line_kind,
        lines.product_id,
        lines.parent_line_id,
        lines.fixed_amount,
        lines.quantity,
        lines.recorded_at,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as start_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'contracts.time_zone', 'lines') ~ ', contracts.effective_to)', 'contracts.time_zone') }} as date) as end_date,
        changed.effective_at,
        greatest(coalesce(changed.known_from_ordinal, known.period_ordinal), coalesce(agreed.period_ordinal, 0)) as known_from_ordinal,
        coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'lines.known_until_at') }}
    {{ join_period_of('agreed', 'contracts.entity_id', 'coalesce(contracts.signed_at, contracts.effective_from)') }}
    where
        (lines.line_kind in ('contingent', 'fixed_fee', 'milestone') or lines.line_id in (select line_id from progress_uses))
        and (lines.modified_by_event_id is null or changed.input_row is not null)
),

int_variable__stated as (
    select
        lines.*,
        'contingent' as variable_kind
    from lines
    where lines.line_kind = 'contingent'

    union all

    select
        lines.* replace (
            progress_uses.minimum_line_id as parent_line_id,
            cast(null as varchar) as product_id
        ),
        'contingent' as variable_kind
    from lines
    inner join progress_uses on progress_uses.line_id = lines.line_id
    where lines.line_id in (select scope_id from estimated where kind = 'variable_consideration' and scope_type = 'line')

    union all

    select
        lines.*,
        'expected_fee' as variable_kind
    from lines
    where
        lines.line_kind in ('fixed_fee', 'milestone')
        and lines.line_id in (select scope_id from estimated where kind = 'variable_consideration' and scope_type = 'line')
        and lines.line_id not in (select line_id from {{ ref('fct_unpriced_terms') }})

    union all

    select
        lines.*,
        'given_back' as variable_kind
    from lines
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    where
        lines.line_kind in ('fixed_fee', 'milestone')
        and exists (
            select 1
            from estimated
            where
                estimated.kind = 'reversal_rate'
                and (
                    estimated.scope_type = 'line' and estimated.scope_id = lines.line_id
                    -- goods come back; what is said of outcomes is about no fee
                    or products.product_kind = 'good' and (
                        estimated.scope_type = 'contract' and estimated.scope_id = lines.contract_id
                        or estimated.scope_type = 'customer' and estimated.scope_id = lines.customer_id
                        or estimated.scope_type = 'product' and estimated.scope_id = lines.product_id
                        or estimated.scope_type = 'entity' and estimated.scope_id = lines.entity_id
                        or estimated.scope_type = 'global'
                    )
                )
        )
)

select * from int_variable__stated
