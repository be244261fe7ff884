{# Amount with at most four decimals, rounded to cents, half away from zero. #}
{% macro to_cents(amount) -%}
    {{ return(adapter.dispatch('to_cents')(amount)) }}
{%- endmacro %}

{% macro default__to_cents(amount) -%}
    cast(round({{ amount }}, 2) as numeric(18, 2))
{%- endmacro %}

{# DuckDB rounds 100 times as fast in 64 bits, and realistic amounts fit. #}
{% macro duckdb__to_cents(amount) -%}
    coalesce(
        cast(round(try_cast({{ amount }} as numeric(18, 4)), 2) as numeric(18, 2)), {{ default__to_cents(amount) }}
    )
{%- endmacro %}
