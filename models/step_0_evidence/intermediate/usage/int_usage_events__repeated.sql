-- One row per 32-bit hash of an event key that occurs more than once: a superset of the repeated keys.
--
-- Grouping short hashes costs a fraction of grouping ids, and the few that collide are told apart exactly next.
with

int_usage_events__repeated as (
    select {{ hash_32(['event_id', 'meter_id', 'source_system']) }} as key_hash
    from {{ ref('stg_usage_events') }}
    group by 1
    having count(*) > 1
)

select * from int_usage_events__repeated
