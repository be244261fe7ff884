-- The seed must have one row: without it, or with two, the reports that cross join it are empty or doubled.
select count(*) as found
from {{ ref('report_thresholds') }}
having count(*) <> 1
