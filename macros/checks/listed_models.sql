{#- Every control, in the order in which a reader should look at them. A new one is named here and in the seed controls. -#}
{% macro control_models() %}
    {{ return([
    'chk_rows_conserved', 'chk_journal_balances', 'chk_posted_is_rounded_earned', 'chk_closed_periods_keep_postings',
    'chk_causes_sum_to_posted', 'chk_allocation_is_complete', 'chk_revenue_within_price', 'chk_liability_rolls_forward',
    'chk_asset_or_liability', 'chk_reclasses_reverse', 'chk_usage_is_conserved', 'chk_usage_is_rated',
    'chk_revenue_has_contract', 'chk_usage_revenue_is_rated_usage', 'chk_books_differ_with_reason',
    'chk_journal_ties_to_revenue', 'chk_knowledge_cutoffs', 'chk_time_zones', 'chk_segments_tile',
    'chk_loaded_files_remain',
    'chk_receivable_within_billed', 'chk_cash_ties_to_events', 'chk_contract_nets_to_sources',
    'chk_ended_fees_are_earned', 'chk_goods_follow_deliveries', 'chk_only_revenue_posts_revenue',
    'chk_journal_has_no_orphans', 'chk_ledger_ties_to_gl', 'chk_reviewer_is_not_preparer',
    'chk_prepaid_lots_roll_forward', 'chk_allocation_shares_are_sound', 'chk_modifications_foot',
    'chk_material_rights_are_settled', 'chk_credit_kinds_roll_forward', 'chk_promotions_earn_nothing', 'chk_tiers_rate_the_whole',
    'chk_outcome_reserves_roll_forward', 'chk_outcome_policies_agree', 'chk_events_add_up',
]) }}
{% endmacro %}

{#- Every input table that is staged as a table of its own: all but usage_events, which step 0 judges. -#}
{% macro staged_tables() %}
    {{ return([
    'customers', 'products', 'standalone_selling_prices', 'meters', 'contracts', 'contract_lines', 'prices',
    'contract_events', 'outcome_events', 'credit_grants', 'credit_events', 'billing_documents',
    'billing_document_lines', 'cash_events', 'deliveries', 'accounting_periods', 'policy_elections', 'estimates',
    'reviews', 'fx_rates', 'gl_accounts', 'opening_balances', 'gl_balances', 'manual_adjustments',
]) }}
{% endmacro %}
