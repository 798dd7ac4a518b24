-- One row per line whose terms let units roll over and stated lot that it sold or that comes with it: when the line ends.
with

lines as (
    select * from {{ accepted(ref('stg_contract_lines')) }}
    where known_until_at is null
    -- what is agreed now
    qualify row_number() over (partition by line_id order by recorded_at desc, input_row desc) = 1
),

int_lines__rolling as (
    select distinct
        lines.line_id,
        grants.grant_id,
        coalesce({{ instant('service_end', 'contracts.time_zone', 'lines') }}, contracts.effective_to) as ends_at
    from lines
    inner join {{ accepted(ref('stg_credit_grants')) }} as grants
        on grants.line_id = lines.line_id
        or lines.line_kind = 'included_credits'
        and grants.grant_kind = 'entitlement'
        and (grants.line_id = lines.parent_line_id or grants.line_id is null and grants.contract_id = lines.contract_id)
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where lines.rollover_fraction > 0
)

select * from int_lines__rolling
