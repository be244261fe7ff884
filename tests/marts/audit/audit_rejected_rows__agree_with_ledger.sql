-- Rejected rows, their summary by reason and the ledger have the same row counts and amounts.
with listed as (

    select
        input,
        count(*) as rejected_rows,
        sum(amount) as amount

    from {{ ref('audit_rejected_rows') }}

    group by input

),

summarised as (

    select
        input,
        count(*) as reasons,
        sum(rows) as rejected_rows,
        sum(amount) as amount

    from {{ ref('audit_rejection_reasons') }}

    group by input

)

select
    ledger.input,
    ledger.rows_rejected,
    listed.rejected_rows as listed_rows,
    summarised.rejected_rows as summarised_rows

from {{ ref('audit_row_ledger') }} as ledger
left join listed on ledger.input = listed.input
left join summarised on ledger.input = summarised.input

where
    ledger.rows_rejected <> coalesce(listed.rejected_rows, 0)
    or ledger.rows_rejected <> coalesce(summarised.rejected_rows, 0)
    or ledger.amount_rejected <> coalesce(listed.amount, 0)
    -- the summary is rounded to cents per reason
    or abs(ledger.amount_rejected - coalesce(summarised.amount, 0)) > 0.005 * coalesce(summarised.reasons, 0)
