-- One row per hash of an event key that occurs more than once and that this run has to look at.
--
-- Hashes narrow down; the few events found are told apart exactly in int_usage_events__set_aside.
with

int_usage_events__repeated as (
    select key_hash
    from {{ ref('int_usage_events__keys') }}
    {% if goes_on_from_an_earlier_run() -%}
        where key_hash in (
            select keys.key_hash
            from {{ ref('int_usage_events__keys') }} as keys
            inner join {{ source('state', 'input_files') }} as files
                on files.file_id = keys.file_id
                and files.is_unread
        )
    {% endif -%}
    -- the second of its kind speaks for all; numbering twenty million hashes takes half the time of counting them by hash
    qualify row_number() over (partition by key_hash order by key_hash) = 2
)

select * from int_usage_events__repeated
