-- name: ledger
select
    input as input_code,
    rows_in as read_rows,
    rows_accepted as accepted_rows,
    rows_rejected as rejected_rows,
    rows_rejected / rows_in as rejected_share,
    is_balanced,
    newest_loaded_at::date as newest_loaded_date
from audit.audit_row_ledger
where rows_in > 0
order by rows_in desc, input

-- name: reasons
with reasons as (
    select
        *,
        -- missing_order_id: the fault and the column
        regexp_extract(reason, '^(missing|unreadable)_(.+)$', ['fault', 'column']) as parts,
        reason in (select code from marts.dim_labels where code_type = 'rejection_reason') as is_whole
    from audit.audit_rejection_reasons
)

select
    input as input_code,
    label('rejection_reason', case when is_whole then reason else parts.fault end) as reason,
    case when not is_whole then parts.column end as column_code,
    rows as rejected_rows
from reasons
where rows > 0
order by rejected_rows desc, input_code, reason, column_code
limit 12

-- name: unmapped
select input as input_code, column_name as column_code, value as exported, rows as affected_rows, count(*) over () as all_values
from audit.audit_unmapped_values
order by rows desc, input, column_name, value
limit 12

-- name: changed
select input as input_code, column_name as column_code, label('value_change', change) as value_change, rows as affected_rows,
    sum(rows) over ()::bigint as all_rows
from audit.audit_changed_values
where rows > 0
order by rows desc, input, column_name
limit 12
