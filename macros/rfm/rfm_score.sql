{# Score 1 to 5 of a measure of int_customer_rfm_measures, by the var rfm_scoring. Higher is better, except for recency_days. #}
{% macro rfm_score(measure) -%}
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
        {% for score in [5, 4, 3, 2] -%}
        when measures.{{ measure }} {{ '<=' if is_better_small else '>=' }} bounds.{{ measure }}_{{ score }} then {{ score }}
        {% endfor -%}
        else 1
    end
    {%- endif -%}
{%- endmacro %}
