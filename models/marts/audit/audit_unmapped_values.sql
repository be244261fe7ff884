{% set mapped_columns = [
    ('orders', 'status', 'order_status_words'),
    ('orders', 'channel', 'channel_words'),
    ('products', 'category', 'category_words'),
    ('events', 'event_name', 'event_words'),
    ('events', 'channel', 'channel_words'),
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
