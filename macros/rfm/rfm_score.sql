{# Score 1 to 5 of a measure of int_customer_rfm_measures, by the var rfm_scoring. Higher is better, except for recency_days. #}
{% macro rfm_score(measure) -%}
    {%- set is_better_small = measure == 'recency_days' -%}
    {%- if var('rfm_scoring') == 'quantiles' -%}
    case
        when count(*) over (partition by snapshot_date) >= {{ var('rfm_minimum_customers') }}
            -- rank() - 1 counts customers who are strictly worse, so equal values get equal scores
            then 1 + cast(floor(
                5.0 * (rank() over (partition by snapshot_date order by {{ measure }}{{ ' desc' if is_better_small }}) - 1)
                / count(*) over (partition by snapshot_date)
            ) as integer)
    end
    {%- else -%}
    case
        {% for score in [5, 4, 3, 2] -%}
        when measures.{{ measure }} {{ '<=' if is_better_small else '>=' }} bounds.{{ measure }}_{{ score }} then {{ score }}
        {% endfor -%}
        else 1
    end
    {%- endif -%}
{%- endmacro %}
