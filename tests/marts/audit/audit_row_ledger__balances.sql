-- No input loses or gains a row or an amount, and every input is in the ledger.
with inputs as (

    {% for table in input_tables() -%}
    select '{{ table }}' as input{{ " union all" if not loop.last }}
    {% endfor %}
)

select
    inputs.input,
    ledger.rows_in,
    ledger.rows_accepted,
    ledger.rows_rejected,
    ledger.amount_in,
    ledger.amount_accepted,
    ledger.amount_rejected

from inputs
left join {{ ref('audit_row_ledger') }} as ledger on inputs.input = ledger.input

where
    ledger.is_balanced is not true
    or ledger.rows_in <> ledger.rows_accepted + ledger.rows_rejected
    or ledger.amount_in <> ledger.amount_accepted + ledger.amount_rejected
