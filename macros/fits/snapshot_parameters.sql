{% macro snapshot_parameters(model, parameters) -%}
    with fits as (

        select
            trained_through,
            max(case when parameter = 'horizon_days' then value end) as horizon_days,
            max(case when is_identified then 1 else 0 end) = 1 as is_identified
            {%- for parameter in parameters %},
            max(case when parameter = '{{ parameter }}' then value end) as {{ parameter | replace('.', '_') }}
            {%- endfor %}

        from ({{ fitted_parameters(model) }}) as parameters

        group by trained_through

    ),

    -- a fit may be older than the snapshot date but not newer, and must have the same horizon
    known as (

        select
            snapshot_dates.snapshot_date,
            snapshot_dates.is_as_of,
            fits.*,
            row_number() over (partition by snapshot_dates.snapshot_date order by fits.trained_through desc) as fit_rank

        from {{ ref('int_snapshot_dates') }} as snapshot_dates
        inner join fits on snapshot_dates.snapshot_date >= fits.trained_through

        where snapshot_dates.is_scored and coalesce(fits.horizon_days, {{ var('churn_horizon_days') }}) = {{ var('churn_horizon_days') }}

    )

    select * from known
    where fit_rank = 1
{%- endmacro %}
