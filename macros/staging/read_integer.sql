{# Whole number of at most the given digits: 10 for quantities, 18 for line numbers, which are only keys. #}
{% macro read_integer(column, digits=10) -%}
    {{ return(adapter.dispatch('read_integer')(column, digits)) }}
{%- endmacro %}

{# '2.0' is an integer, '2.7' is unreadable. #}
{% macro default__read_integer(column, digits) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?0*[0-9]{1,' ~ digits ~ '}([.]0*)?') }}
            then cast(split_part({{ read_text(column) }}, '.', 1) as bigint)
    end
{%- endmacro %}

{% macro duckdb__read_integer(column, digits) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?0*[0-9]{1,' ~ digits ~ '}([.]0*)?') }}
            then try_cast(split_part({{ read_text(column) }}, '.', 1) as bigint)
    end
{%- endmacro %}

{% macro spark__read_integer(column, digits) -%}
    {{ return(duckdb__read_integer(column, digits)) }}
{%- endmacro %}
