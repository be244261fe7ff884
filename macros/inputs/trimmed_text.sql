{# Text without the blanks around it, null where nothing is left. Exports pad values with blanks of many kinds: tabs, for
   example, keep spreadsheets from rounding long numbers. #}
{% macro trimmed_text(column) -%}
    {{ return(adapter.dispatch('trimmed_text')(column)) }}
{%- endmacro %}

{% macro default__trimmed_text(column) -%}
    nullif(trim(both '{{ blanks() }}' from cast({{ column }} as {{ dbt.type_string() }})), '')
{%- endmacro %}

{# DuckDB's plain trim knows all Unicode spaces and is four times as fast, but leaves tabs and line ends. #}
{% macro duckdb__trimmed_text(column) -%}
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
