-- Mapping values, numbering lines and converting amounts neither drops nor repeats an accepted row; subscriptions also keep opt-outs
-- of rejected rows.
with staged as (

    {% for table in input_tables() if table not in [
        'campaign_sends', 'exchange_rates', 'identity_links', 'nps_responses', 'point_transactions', 'subscriptions',
    ] -%}
    select
        '{{ table }}' as input,
        count(*) as staged_rows

    from {{ ref('stg_shop__' ~ table) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

)

select
    staged.input,
    staged.staged_rows,
    ledger.rows_accepted

from staged
left join {{ ref('audit_row_ledger') }} as ledger on staged.input = ledger.input

where staged.staged_rows is distinct from ledger.rows_accepted
