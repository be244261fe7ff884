{# identifiers are personal data, and free text may contain personal data; other keys are ids, which are read without -#}
{% set shown_keys = {
    'order_items': read_id('row_key'),
    'identity_links': "concat_ws('|', " ~ mask_personal("coalesce(identifier_type, '')") ~ ", '***', coalesce(cast(linked_at as "
        ~ dbt.type_string() ~ "), ''))",
    'subscriptions': mask_personal('row_key'),
    'ad_spend': mask_personal('row_key'),
    'exchange_rates': mask_personal('row_key'),
} -%}

{% for table in input_tables() -%}
select
    '{{ table }}' as input,
    case when rejection_reason <> 'erased' then {{ shown_keys.get(table, 'row_key') }} end as row_key,
    rejection_reason as reason,
    raw_row,
    {{ row_amount(table) }} as amount

from {{ ref('base_shop__' ~ table) }}

where rejection_reason is not null
{%- if not loop.last %}

union all

{% endif -%}
{% endfor %}
