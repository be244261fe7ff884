with measures as (

    select * from {{ ref('int_customer_rfm_measures') }}

),

-- all bounds in one row, so that customers are not joined to five bands three times
bounds as (

    select
        max(case when measure = 'recency_days' and score = 5 then upper_bound end) as recency_days_5,
        max(case when measure = 'recency_days' and score = 4 then upper_bound end) as recency_days_4,
        max(case when measure = 'recency_days' and score = 3 then upper_bound end) as recency_days_3,
        max(case when measure = 'recency_days' and score = 2 then upper_bound end) as recency_days_2,
        max(case when measure = 'frequency' and score = 5 then lower_bound end) as frequency_5,
        max(case when measure = 'frequency' and score = 4 then lower_bound end) as frequency_4,
        max(case when measure = 'frequency' and score = 3 then lower_bound end) as frequency_3,
        max(case when measure = 'frequency' and score = 2 then lower_bound end) as frequency_2,
        max(case when measure = 'monetary_amount' and score = 5 then lower_bound end) as monetary_amount_5,
        max(case when measure = 'monetary_amount' and score = 4 then lower_bound end) as monetary_amount_4,
        max(case when measure = 'monetary_amount' and score = 3 then lower_bound end) as monetary_amount_3,
        max(case when measure = 'monetary_amount' and score = 2 then lower_bound end) as monetary_amount_2

    from {{ ref('rfm_bands') }}

),

scored as (

    select
        measures.*,
        {% for measure, score in {'recency_days': 'r_score', 'frequency': 'f_score', 'monetary_amount': 'm_score'}.items() -%}
        {%- set is_better_small = measure == 'recency_days' -%}
        {%- if var('rfm_scoring') == 'quantiles' -%}
        {%- set customers = 'snapshot_date' if is_better_small else 'snapshot_date, frequency > 0' -%}
        {%- set worst_first = '(partition by ' ~ customers ~ ' order by ' ~ measure ~ (' desc' if is_better_small else '') ~ ')' -%}
        case
            when count(*) over (partition by snapshot_date) < {{ var('rfm_minimum_customers') }} then null
            {%- if not is_better_small %}
            when frequency = 0 then 1
            {%- endif %}
            -- rank() - 1 customers are strictly worse, count(*) are worse or equal; half their sum is the mid-rank
            else 1 + cast(floor(
                5.0 * (rank() over {{ worst_first }} - 1 + count(*) over {{ worst_first }})
                / (2 * count(*) over (partition by {{ customers }}))
            ) as integer)
        end
        {%- else -%}
        case
            {% for band in [5, 4, 3, 2] -%}
            when measures.{{ measure }} {{ '<=' if is_better_small else '>=' }} bounds.{{ measure }}_{{ band }} then {{ band }}
            {% endfor -%}
            else 1
        end
        {%- endif %} as {{ score }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from measures
    cross join bounds

),

cells as (

    select
        rfm_cell,
        r_score,
        f_score,
        m_score,
        {% for scheme in rfm_schemes() -%}
        max(case when scheme = '{{ scheme }}' then segment end) as {{ scheme }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from {{ ref('int_rfm_cell_segments') }}

    group by rfm_cell, r_score, f_score, m_score

),

ranked as (

    select
        customer_id,
        snapshot_date,
        row_number() over (
            partition by snapshot_date order by monetary_amount desc, {{ binary_collation('customer_id') }}
        ) as customer_rank,
        count(*) over (partition by snapshot_date) as customers

    from measures

    where is_scored and frequency > 0

),

final as (

    select
        scored.customer_id,
        scored.snapshot_date,
        scored.month,
        scored.is_complete_month,
        scored.is_as_of,
        scored.recency_days,
        scored.frequency,
        scored.monetary_amount,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        cells.rfm_cell,
        {% for scheme in rfm_schemes() -%}
        coalesce(cells.{{ scheme }}, 'unscored') as {{ scheme }},
        {% endfor -%}
        ranked.customer_rank,
        cast(ceil(100.0 * ranked.customer_rank / ranked.customers) as integer) as customer_percentile

    from scored
    left join cells
        on scored.r_score = cells.r_score and scored.f_score = cells.f_score and scored.m_score = cells.m_score
    left join ranked on scored.customer_id = ranked.customer_id and scored.snapshot_date = ranked.snapshot_date

)

select * from final
