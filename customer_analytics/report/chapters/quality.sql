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
select input as input_code, reason as reason_code, sum(rows)::bigint as rejected_rows
from audit.audit_rejection_reasons
group by all
having sum(rows) > 0
order by rejected_rows desc, input_code, reason_code
limit 12

-- name: unmapped
select input as input_code, column_name as column_code, value, rows as affected_rows
from audit.audit_unmapped_values
order by rows desc, input, column_name, value
limit 12

-- name: changed
select input as input_code, column_name as column_code, change as change_code, rows as affected_rows
from audit.audit_changed_values
where rows > 0
order by rows desc, input, column_name
limit 12
