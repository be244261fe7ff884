{# Whole years from one day to another: an age. #}
{% macro full_years(from_date, to_date) -%}
    cast(floor((
        {{ date_number(to_date) }} - {{ date_number(from_date) }}
    ) / 10000.0) as integer)
{%- endmacro %}
