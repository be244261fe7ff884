with changed_rows as (

    {% for table in input_tables() -%}
    select
        '{{ table }}' as input,
        changed_values,
        count(*) as rows

    from {{ ref('base_shop__' ~ table) }}

    where rejection_reason is null and changed_values is not null

    group by changed_values

    union all

    {% endfor -%}

    -- if tax and shipping exceed the paid amount, goods_amount is set to 0
    select
        'orders' as input,
        'below_zero:goods_amount' as changed_values,
        count(*) as rows

    from {{ ref('base_shop__orders') }}

    where rejection_reason is null and paid_amount < coalesce(tax_amount, 0) + coalesce(shipping_amount, 0)

    having count(*) > 0

),

-- a row with several changed values counts once per value
positions as (

    {% for position in range(1, 16) -%}
    select {{ position }} as position{{ " union all" if not loop.last }}
    {% endfor %}
),

changes as (

    select
        changed_rows.input,
        split_part(changed_rows.changed_values, ',', positions.position) as change,
        changed_rows.rows

    from changed_rows
    cross join positions

),

final as (

    select
        input,
        split_part(change, ':', 2) as column_name,
        split_part(change, ':', 1) as change,
        cast(sum(rows) as bigint) as rows

    from changes

    where change <> ''

    group by input, change

)

select * from final
