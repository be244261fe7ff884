{% for table in input_tables() -%}
select
    '{{ table }}' as input,
    case when rejection_reason <> 'erased' then {{ shown_row_key(table) }} end as row_key,
    rejection_reason as reason,
    raw_row,
    {{ row_amount(table) }} as amount

from {{ ref('base_shop__' ~ table) }}

where rejection_reason is not null
{%- if not loop.last %}

union all

{% endif -%}
{% endfor %}
