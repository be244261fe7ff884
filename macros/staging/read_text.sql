{# Exports pad values with blanks of many kinds (tabs keep Excel from rounding long numbers): all are taken off. #}
{% macro read_text(column) -%}
    {{ return(adapter.dispatch('read_text')(column)) }}
{%- endmacro %}

{% macro default__read_text(column) -%}
    nullif(trim(both '{{ blanks() }}' from cast({{ column }} as {{ dbt.type_string() }})), '')
{%- endmacro %}

{# DuckDB's plain trim knows all Unicode spaces and is four times as fast, but leaves tabs and line ends. #}
{% macro duckdb__read_text(column) -%}
    {%- set text = "cast(" ~ column ~ " as varchar)" -%}
    nullif(
        case
            when contains({{ text }}, chr(9)) or contains({{ text }}, chr(10)) or contains({{ text }}, chr(13))
                then trim({{ text }}, '{{ blanks() }}')
            else trim({{ text }})
        end,
        ''
    )
{%- endmacro %}
