{% macro read_integer(column) -%}
    {{ return(adapter.dispatch('read_integer')(column)) }}
{%- endmacro %}

{# '2.0' is an integer, '2.7' is unreadable. #}
{% macro default__read_integer(column) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?0*[0-9]{1,10}([.]0*)?') }}
            then cast(cast({{ read_text(column) }} as numeric(18, 4)) as bigint)
    end
{%- endmacro %}

{% macro duckdb__read_integer(column) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?0*[0-9]{1,10}([.]0*)?') }}
            then cast(try_cast({{ read_text(column) }} as numeric(18, 4)) as bigint)
    end
{%- endmacro %}

{% macro spark__read_integer(column) -%}
    {{ return(duckdb__read_integer(column)) }}
{%- endmacro %}
