{% set mapped_columns = [
    ('orders', 'status', 'order_status_mapping'),
    ('orders', 'channel', 'channel_mapping'),
    ('products', 'category', 'category_mapping'),
    ('events', 'event_name', 'event_mapping'),
    ('events', 'channel', 'channel_mapping'),
] -%}

with counted as (

    {% for table, column, seed in mapped_columns -%}
    select
        '{{ table }}' as input,
        '{{ column }}' as column_name,
        {{ column }} as value,
        {{ word_key(column, seed) }} as word,
        '{{ seed }}' as seed,
        count(*) as rows

    from {{ ref('base_shop__' ~ table) }}

    where rejection_reason is null and {{ column }} is not null

    group by {{ column }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

mapped as (

    {% for seed in mapped_columns | map(attribute=2) | unique -%}
    select
        '{{ seed }}' as seed,
        word

    from {{ ref(seed) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

final as (

    select
        counted.input,
        counted.column_name,
        {{ mask_personal('counted.value') }} as value,
        cast(sum(counted.rows) as bigint) as rows

    from counted
    left join mapped on counted.seed = mapped.seed and counted.word = mapped.word

    where mapped.word is null

    group by counted.input, counted.column_name, {{ mask_personal('counted.value') }}

)

select * from final
