{% set mapped_columns = [
    ('orders', 'status', 'order_status_mapping', 'status'),
    ('orders', 'channel', 'channel_mapping', 'channel'),
    ('products', 'category', 'category_mapping', 'category'),
    ('events', 'event_name', 'event_mapping', 'event'),
    ('events', 'channel', 'channel_mapping', 'channel'),
    ('subscriptions', 'channel', 'contact_channel_mapping', 'channel'),
    ('subscriptions', 'status', 'consent_status_mapping', 'status'),
] -%}

with {% for table, column, seed, mapped in mapped_columns -%}
{{ mapped_values(ref('base_shop__' ~ table), column, seed, mapped, name=table ~ '_' ~ column) }},

{% endfor -%}

final as (

    {% for table, column, seed, mapped in mapped_columns -%}
    select
        '{{ table }}' as input,
        '{{ column }}' as column_name,
        source.{{ column }} as value,
        count(*) as rows,
        {{ 'cast(sum(' ~ to_reporting('source.paid_amount') ~ ') as numeric(18, 2))' if table == 'orders' else 'cast(0 as numeric(18, 2))' }} as amount

    from {{ ref('base_shop__' ~ table) }} as source
    inner join {{ table }}_{{ column }}_values as column_values on source.{{ column }} = column_values.raw_value

    where
        source.rejection_reason is null
        and not column_values.is_mapped

    group by source.{{ column }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

)

select * from final
