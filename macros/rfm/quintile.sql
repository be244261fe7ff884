{% macro quintile(worst_first) -%}
    case
        when count(*) over (partition by snapshot_date) >= {{ var('rfm_minimum_customers') }}
            -- rank() - 1 counts the customers that are strictly worse: equal values get equal scores
            then 1 + cast(floor(
                5.0 * (rank() over (partition by snapshot_date order by {{ worst_first }}) - 1)
                / count(*) over (partition by snapshot_date)
            ) as integer)
    end
{%- endmacro %}
