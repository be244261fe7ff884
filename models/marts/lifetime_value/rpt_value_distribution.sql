with amounts as (

    select
        'order_amount' as measure,
        net_amount

    from {{ ref('fct_orders') }}

    where is_valid

    union all

    select
        'customer_amount' as measure,
        historic_net_amount as net_amount

    from {{ ref('fct_customer_lifetime_value') }}

),

percentiles as (

    select
        measure,
        greatest(cast(percentile_cont(0.95) within group (order by net_amount) as {{ type_double() }}) / 20, 0.01e0) as twentieth

    from amounts

    group by measure

),

-- widths as people write them: 1, 2 or 5 and zeros, so that 95% of the amounts lie in the first 20 bands
widths as (

    select
        measure,
        cast(power(10e0, floor(ln(twentieth) / ln(10e0))) * case
            when twentieth <= power(10e0, floor(ln(twentieth) / ln(10e0))) then 1
            when twentieth <= 2 * power(10e0, floor(ln(twentieth) / ln(10e0))) then 2
            when twentieth <= 5 * power(10e0, floor(ln(twentieth) / ln(10e0))) then 5
            else 10
        end as numeric(18, 2)) as width

    from percentiles

),

numbers as (

    select {{ number_series(0, 20) }} as band_number

),

bands as (

    select
        widths.measure,
        widths.width,
        numbers.band_number

    from widths
    cross join numbers

),

counted as (

    select
        amounts.measure,
        -- in cents, so that the quotient of two doubles is exact; the last band has no upper bound
        least(floor(amounts.net_amount * 100 / (widths.width * 100)), 20) as band_number,
        count(*) as amounts,
        sum(amounts.net_amount) as net_amount

    from amounts
    inner join widths on amounts.measure = widths.measure

    group by amounts.measure, least(floor(amounts.net_amount * 100 / (widths.width * 100)), 20)

),

filled as (

    select
        bands.*,
        coalesce(counted.amounts, 0) as amounts,
        coalesce(counted.net_amount, 0) as net_amount,
        sum(counted.amounts) over (partition by bands.measure) as all_amounts,
        sum(counted.net_amount) over (partition by bands.measure) as total_net_amount

    from bands
    left join counted on bands.measure = counted.measure and bands.band_number = counted.band_number

),

final as (

    select
        filled.measure,
        labels.label_en as measure_en,
        labels.label_zh as measure_zh,
        cast(filled.band_number as integer) as band_number,
        cast(filled.band_number * filled.width as numeric(18, 2)) as lower_bound,
        case when filled.band_number < 20 then cast((filled.band_number + 1) * filled.width as numeric(18, 2)) end as upper_bound,
        cast(filled.amounts as bigint) as amounts,
        cast(filled.all_amounts as bigint) as all_amounts,
        {{ safe_divide('filled.amounts', 'filled.all_amounts') }} as share,
        cast(filled.net_amount as numeric(18, 2)) as net_amount,
        cast(filled.total_net_amount as numeric(18, 2)) as total_net_amount,
        {{ safe_divide('filled.net_amount', 'filled.total_net_amount') }} as net_amount_share

    from filled
    left join {{ ref('labels') }} as labels on labels.code_type = 'measure' and filled.measure = labels.code

)

select * from final
