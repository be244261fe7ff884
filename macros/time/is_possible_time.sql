{% macro is_possible_time(column) -%}
    ({{ column }} >= {{ to_utc("cast('" ~ var('earliest_date') ~ "' as timestamp)") }}
     and {{ column }} < {{ to_utc("(cast('" ~ latest_date() ~ "' as timestamp) + interval '1' day)") }})
{%- endmacro %}
