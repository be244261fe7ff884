{# A birth date has bounds of its own: 1900-01-01 is the default of many systems. #}
{% macro is_possible_time(column) -%}
    {%- if column == 'birth_date' -%}
    {{ column }} between cast('1905-01-01' as date) and cast('{{ latest_date() }}' as date)
    {%- else -%}
    ({{ column }} >= {{ to_utc("cast('" ~ var('earliest_date') ~ "' as timestamp)") }}
     and {{ column }} < {{ to_utc("(cast('" ~ latest_date() ~ "' as timestamp) + interval '1' day)") }})
    {%- endif -%}
{%- endmacro %}
