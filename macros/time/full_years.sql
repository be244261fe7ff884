{# Whole years from one day to another: an age. Days are compared as the numbers yyyymmdd. #}
{% macro full_years(from_date, to_date) -%}
    {%- set numbers = [] -%}
    {%- for day in [to_date, from_date] -%}
        {%- do numbers.append("extract(year from " ~ day ~ ") * 10000 + extract(month from " ~ day ~ ") * 100 + extract(day from " ~ day ~ ")") -%}
    {%- endfor -%}
    cast(floor((({{ numbers[0] }}) - ({{ numbers[1] }})) / 10000.0) as integer)
{%- endmacro %}
