{#- True where a document as issued changes amount, currency or kind: it is voided or credited instead. -#}
{% macro issued_amount_changed() -%}
    candidate.status = 'issued'
    and candidate.input_row in (
        select input_row
        from (
            select
                input_row,
                {{ row_fingerprint(['doc_type', 'currency', 'net_amount', 'tax_amount', 'total_amount']) }} as stated,
                first_value({{ row_fingerprint(['doc_type', 'currency', 'net_amount', 'tax_amount', 'total_amount']) }})
                    over (partition by document_id order by recorded_at, input_row) as first_stated
            from known
            where document_id in (select document_id from known group by document_id having count(*) > 1)
        ) as versions
        where stated <> first_stated
    )
{%- endmacro %}

{#- True where credit notes give back more than their invoice: the one known later is refused, in all its versions. -#}
{% macro credit_exceeds_original() -%}
    candidate.doc_type = 'credit_note'
    and candidate.document_id in (
        select refused.document_id
        from known as refused
        where refused.input_row in (
            {{ overdrawing_rows(credit_note_movements()) }}
        )
    )
{%- endmacro %}

{% macro credit_note_movements() -%}
    select
        invoices.document_id as group_key,
        '' as input_row,
        cast(abs(invoices.total_amount) as decimal(38, 9)) as change_amount,
        timestamp '0001-01-01' as moved_at,
        false as is_refusable,
        false as is_reversal
    from known as invoices
    inner join (select distinct applies_to_document_id from known) as credited
        on credited.applies_to_document_id = invoices.document_id
    qualify row_number() over (partition by invoices.document_id order by invoices.recorded_at, invoices.input_row) = 1

    union all

    select
        notes.applies_to_document_id as group_key,
        notes.input_row,
        cast(case moves.kind when 2 then -abs(notes.total_amount) else abs(notes.total_amount) end as decimal(38, 9)) as change_amount,
        case moves.kind when 2 then notes.recorded_at else notes.voided_from_at end as moved_at,
        moves.kind = 2 as is_refusable,
        moves.kind = 3 as is_reversal
    from (
        select
            *,
            min(case when status = 'void' then recorded_at end) over (partition by document_id) as voided_from_at,
            row_number() over (partition by document_id order by recorded_at, input_row) as place
        from known
        where
            doc_type = 'credit_note'
            and applies_to_document_id is not null
    ) as notes
    cross join (select 2 as kind union all select 3 as kind) as moves
    where
        notes.place = 1
        and (moves.kind = 2 or notes.voided_from_at is not null)
{%- endmacro %}

{#-
    True where a document of a contract goes to somebody who has nothing to do with it: not its
    customer, nor merged into, above or below that customer, nor of its pool.
-#}
{% macro customer_differs() -%}
    candidate.contract_id is not null
    and candidate.input_row not in (
        select documents.input_row
        from known as documents
        inner join {{ accepted(ref('stg_contracts')) }} as contracts on contracts.contract_id = documents.contract_id
        inner join {{ accepted(ref('stg_customers')) }} as owners on owners.customer_id = contracts.customer_id
        inner join {{ accepted(ref('stg_customers')) }} as payers on payers.customer_id = documents.customer_id
        where
            payers.customer_id = owners.customer_id
            or payers.merged_into_customer_id = owners.customer_id
            or payers.parent_customer_id = owners.customer_id
            or owners.merged_into_customer_id = payers.customer_id
            or owners.parent_customer_id = payers.customer_id
            or owners.parent_customer_id = payers.parent_customer_id
            or owners.credit_pool_id = payers.credit_pool_id
    )
{%- endmacro %}

{#- True where a document draws credits by a line of its own and its lines say that credits were applied. -#}
{% macro credits_stated_twice() -%}
    candidate.line_kind = 'credit_draw'
    and exists (
        select 1 from known as others
        where
            others.document_id = candidate.document_id
            and others.credits_applied_amount <> 0
    )
{%- endmacro %}

{#-
    True where a refund gives back more than was paid: on its document, or by the customer where
    it names none. A refund of a credit note counts on the invoice that the note corrects.
-#}
{% macro refund_exceeds_payments() -%}
    candidate.kind = 'refund'
    and candidate.input_row in (
        {{ overdrawing_rows(paid_movements()) }}
    )
{%- endmacro %}

{% macro paid_movements() -%}
    select
        grouped.group_key,
        grouped.input_row,
        cast(grouped.change_amount * case moves.kind when 3 then -1 else 1 end as decimal(38, 9)) as change_amount,
        case moves.kind when 2 then grouped.recorded_at else grouped.known_until_at end as moved_at,
        moves.kind = 2 and grouped.kind = 'refund' and grouped.is_of_group as is_refusable,
        moves.kind = 3 as is_reversal
    from (
        select
            groups.*,
            case
                when groups.kind in ('refund', 'chargeback') then -1
                -- what is applied to a document was paid before, and is not paid again
                when groups.kind = 'balance_applied' and groups.is_by_customer then 0
                else 1
            end * groups.settled_or_paid as change_amount,
            groups.is_by_customer = groups.is_unapplied as is_of_group,
            max(case when groups.kind = 'refund' and groups.is_by_customer = groups.is_unapplied then 1 else 0 end) over (partition by groups.group_key) as has_refund
        from (
            select
                known.*,
                sides.is_by_customer,
                coalesce(known.settled_amount, known.amount) as settled_or_paid,
                coalesce(known.document_id, '*') = '*' or notes.document_id is not null and notes.applies_to_document_id is null as is_unapplied,
                case
                    when sides.is_by_customer then 'customer ' || known.customer_id || ' ' || coalesce(known.settled_currency, known.currency)
                    else 'document ' || coalesce(notes.applies_to_document_id, known.document_id)
                end as group_key
            from known
            left join (
                select distinct
                    document_id,
                    applies_to_document_id
                from {{ accepted(ref('stg_billing_documents')) }}
                where doc_type = 'credit_note'
            ) as notes on notes.document_id = known.document_id
            cross join (select true as is_by_customer union all select false as is_by_customer) as sides
            where
                known.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'balance_applied')
                and known.customer_id in (select customer_id from known where kind = 'refund')
        ) as groups
    ) as grouped
    cross join (select 2 as kind union all select 3 as kind) as moves
    where
        grouped.has_refund = 1
        and (grouped.is_by_customer or not grouped.is_unapplied)
        and (moves.kind = 2 or grouped.known_until_at is not null)
{%- endmacro %}

{#-
    True where units leave a lot that it does not hold. A draw may go below zero where use
    beyond the balance is overage, the policy unless `overdraft` was elected as refuse.
-#}
{% macro lot_overdrawn() -%}
    candidate.input_row in (
        {{ overdrawing_rows(lot_movements()) }}
    )
{%- endmacro %}

{% macro lot_movements() -%}
    select
        grants.grant_id as group_key,
        '' as input_row,
        cast(grants.units_granted as decimal(38, 9)) as change_amount,
        timestamp '0001-01-01' as moved_at,
        false as is_refusable,
        false as is_reversal
    from {{ accepted(ref('stg_credit_grants')) }} as grants
    inner join (select distinct grant_id from known) as moved_lots on moved_lots.grant_id = grants.grant_id

    union all

    select
        known.grant_id as group_key,
        known.input_row,
        cast(known.units * case when known.kind = 'undraw' then 1 else -1 end * case moves.kind when 3 then -1 else 1 end as decimal(38, 9)) as change_amount,
        case moves.kind when 2 then known.recorded_at else known.known_until_at end as moved_at,
        moves.kind = 2 and known.kind <> 'undraw' and (known.kind <> 'draw' or not grants.may_overdraw) as is_refusable,
        moves.kind = 3 as is_reversal
    from known
    inner join (
        select
            lots.grant_id,
            not exists (
                select 1 from {{ accepted(ref('stg_policy_elections')) }} as elections
                where
                    elections.topic = 'overdraft'
                    and elections.choice = 'refuse'
                    and (
                        elections.scope_type = 'global'
                        or elections.scope_type = 'grant_kind' and elections.scope_id = lots.grant_kind
                        or elections.scope_type = 'customer' and elections.scope_id = lots.customer_id
                        or elections.scope_type = 'contract' and elections.scope_id = lots.contract_id
                        or elections.scope_type = 'line' and elections.scope_id = lots.line_id
                        or elections.scope_type = 'grant' and elections.scope_id = lots.grant_id
                    )
            ) as may_overdraw
        from {{ accepted(ref('stg_credit_grants')) }} as lots
    ) as grants on grants.grant_id = known.grant_id
    cross join (select 2 as kind union all select 3 as kind) as moves
    where
        known.kind <> 'extend'
        and (moves.kind = 2 or known.known_until_at is not null)
{%- endmacro %}

{#- True where a lot expires before its end, extensions known by then included. A bare date leaves its zone open: a day of grace. -#}
{% macro expired_early() -%}
    candidate.kind = 'expire'
    and candidate.input_row not in (
        select expiries.input_row
        from known as expiries
        inner join {{ accepted(ref('stg_credit_grants')) }} as lots on lots.grant_id = expiries.grant_id
        left join known as extensions
            on extensions.grant_id = expiries.grant_id
            and extensions.kind = 'extend'
            and extensions.recorded_at <= expiries.recorded_at
            and coalesce(extensions.known_until_at, timestamp '9999-12-31') > expiries.recorded_at
        where expiries.kind = 'expire'
        group by expiries.input_row, expiries.occurred_at, expiries.bare_dates, lots.expires_at, lots.bare_dates
        having
            expiries.occurred_at >= greatest(coalesce(max(extensions.new_expires_at), lots.expires_at), coalesce(lots.expires_at, max(extensions.new_expires_at)))
            - case when coalesce({{ has_part('expiries.bare_dates', 'occurred_at') }}, false) or coalesce({{ has_part('lots.bare_dates', 'expires_at') }}, false) then interval 24 hour else interval 0 hour end
    )
{%- endmacro %}
