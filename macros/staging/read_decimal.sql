{# Plain decimal, with optional sign and decimal point: no exponent, no thousands separator. #}
{% macro read_decimal(column, scale=4) -%}
    {{ return(adapter.dispatch('read_decimal')(column, scale)) }}
{%- endmacro %}

{% macro default__read_decimal(column, scale) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?(0*[0-9]{1,' ~ (17 - scale) ~ '}([.][0-9]*)?|[.][0-9]+)') }}
            then cast({{ read_text(column) }} as numeric(18, {{ scale }}))
    end
{%- endmacro %}

{# DuckDB and Spark may cast before they check the pattern. #}
{% macro duckdb__read_decimal(column, scale) -%}
    case
        when {{ regexp_full_match(read_text(column), '[+-]?(0*[0-9]{1,' ~ (17 - scale) ~ '}([.][0-9]*)?|[.][0-9]+)') }}
            then try_cast({{ read_text(column) }} as numeric(18, {{ scale }}))
    end
{%- endmacro %}

{% macro spark__read_decimal(column, scale) -%}
    {{ return(duckdb__read_decimal(column, scale)) }}
{%- endmacro %}
