with raw_rows as (

    {% for table in input_tables() -%}
    select
        '{{ table }}' as input,
        count(*) as rows_in,
        sum({{ row_amount(table, is_raw=true) }}) as amount_in

    from {{ ref('input_shop__' ~ table) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

accepted as (

    {% for table in input_tables() -%}
    {%- set contract = contract_node(table) if execute -%}
    {%- set time = contract.config.meta.get('as_of') if execute -%}
    select
        '{{ table }}' as input,
        count(*) as rows_accepted,
        sum({{ row_amount(table) }}) as amount_accepted,
        {% if not time -%}
        cast(null as date)
        {%- elif contract.columns[time].data_type == 'date' -%}
        max({{ time }})
        {%- else -%}
        {{ shop_date('max(' ~ time ~ ')') }}
        {%- endif %} as last_date,
        max(loaded_at) as newest_loaded_at

    from {{ ref('base_shop__' ~ table) }}

    where rejection_reason is null
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

rejected as (

    select
        input,
        count(*) as rows_rejected,
        sum(amount) as amount_rejected

    from {{ ref('audit_rejected_rows') }}

    group by input

),

joined as (

    select
        raw_rows.input,
        raw_rows.rows_in,
        accepted.rows_accepted,
        coalesce(rejected.rows_rejected, 0) as rows_rejected,
        cast(coalesce(raw_rows.amount_in, 0) as numeric(18, 4)) as amount_in,
        cast(coalesce(accepted.amount_accepted, 0) as numeric(18, 4)) as amount_accepted,
        cast(coalesce(rejected.amount_rejected, 0) as numeric(18, 4)) as amount_rejected,
        accepted.last_date,
        accepted.newest_loaded_at

    from raw_rows
    inner join accepted on raw_rows.input = accepted.input
    left join rejected on raw_rows.input = rejected.input

),

final as (

    select
        input,
        cast(rows_in as bigint) as rows_in,
        cast(rows_accepted as bigint) as rows_accepted,
        cast(rows_rejected as bigint) as rows_rejected,
        amount_in,
        amount_accepted,
        amount_rejected,
        rows_in = rows_accepted + rows_rejected
        and amount_in = amount_accepted + amount_rejected as is_balanced,
        last_date,
        newest_loaded_at

    from joined

)

select * from final
