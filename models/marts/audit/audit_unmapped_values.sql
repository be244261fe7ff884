{% set mapped_columns = [
    ('orders', 'status', 'order_status_mapping'),
    ('orders', 'channel', 'channel_mapping'),
    ('products', 'category', 'category_mapping'),
    ('events', 'event_name', 'event_mapping'),
    ('events', 'channel', 'channel_mapping'),
] -%}

{% for table, column, words in mapped_columns -%}
select
    '{{ table }}' as input,
    '{{ column }}' as column_name,
    {{ mask_personal('source.' ~ column) }} as value,
    count(*) as rows

from {{ ref('base_shop__' ~ table) }} as source
left join {{ ref(words) }} as words on {{ word_key('source.' ~ column) }} = words.word

where
    source.rejection_reason is null
    and source.{{ column }} is not null
    and words.word is null

group by {{ mask_personal('source.' ~ column) }}
{%- if not loop.last %}

union all

{% endif -%}
{% endfor %}
