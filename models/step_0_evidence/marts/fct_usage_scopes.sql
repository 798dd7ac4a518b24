-- One row per segment of a usage line whose price is more than one rate, and scope in which that price counts.
with

fct_usage_scopes as (
    select
        segments.line_segment_number,
        segments.line_id,
        segments.contract_id,
        segments.entity_id,
        segments.from_at as segment_from_at,
        segments.to_at as segment_to_at,
        scopes.scope,
        scopes.scope_months,
        scopes.from_at as scope_from_at,
        scopes.to_at as scope_to_at
    from {{ ref('int_usage_line_segments') }} as segments
    -- a segment is cut where a window begins, so it lies in one
    inner join {{ ref('int_usage_line_scopes') }} as scopes
        on scopes.line_id = segments.line_id
        and scopes.from_at <= segments.from_at
        and scopes.to_at > segments.from_at
)

select * from fct_usage_scopes
