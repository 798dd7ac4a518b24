-- One row per royalty line, stretch of its contract, service period and revision: the royalty on use, at the later of the use and the copy that the customer had for it (D13).
--
-- Where its contract sells a right to use of the same product, use is earned once the customer has its copy; access is given as it is used.
with

royalties as (
    select
        rated.line_id,
        rated.obligation_id,
        rated.contract_id,
        rated.entity_id,
        rated.stretch_from_at,
        rated.service_ordinal,
        rated.revision,
        rated.amount,
        lines.product_id
    from {{ ref('fct_rated_usage') }} as rated
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = rated.line_id
        and lines.pattern = 'usage_as_rated'
        and lines.component = 'licence'
),

licences as (
    select
        contract_id,
        product_id,
        min(line_id) as line_id
    from {{ ref('dim_obligation_lines') }}
    where pattern = 'licence'
    group by contract_id, product_id
),

available as (
    select
        royalties.* exclude (product_id),
        licences.line_id as licence_line_id,
        copies.service_ordinal as available_ordinal,
        copies.from_revision,
        copies.to_revision
    from royalties
    left join licences
        on licences.contract_id = royalties.contract_id
        and licences.product_id = royalties.product_id
    left join {{ ref('int_licences__available') }} as copies
        on copies.line_id = licences.line_id
        and copies.to_revision > royalties.revision
    where licences.line_id is null or copies.line_id is not null
),

int_royalties as (
    select
        * exclude (licence_line_id, available_ordinal, from_revision, to_revision) replace (
            greatest(service_ordinal, coalesce(available_ordinal, 0)) as service_ordinal,
            greatest(revision, coalesce(from_revision, 0)) as revision
        )
    from available

    union all

    select
        * exclude (licence_line_id, available_ordinal, from_revision, to_revision) replace (
            greatest(service_ordinal, available_ordinal) as service_ordinal,
            to_revision as revision,
            -amount as amount
        )
    from available
    where to_revision < 99999999
)

select * from int_royalties
