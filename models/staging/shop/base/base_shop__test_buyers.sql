with patterns as (

    select
        column_name,
        replace(replace(lower(pattern), '_', '!_'), '*', '%') as like_pattern

    from {{ ref('test_order_patterns') }}

),

buyers as (

    select distinct
        'customer_id' as column_name,
        lower({{ read_text('customer_id') }}) as buyer

    from {{ ref('input_shop__orders') }}

    union all

    select distinct
        'email' as column_name,
        lower({{ read_text('email') }}) as buyer

    from {{ ref('input_shop__orders') }}

),

final as (

    select distinct
        buyers.column_name,
        buyers.buyer

    from buyers
    inner join patterns
        on
            buyers.column_name = patterns.column_name
            and buyers.buyer like patterns.like_pattern escape '!'

)

select * from final
