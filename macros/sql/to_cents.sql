{# An amount of at most four decimals rounded half up to cents. #}
{% macro to_cents(amount) -%}
    {{ return(adapter.dispatch('to_cents')(amount)) }}
{%- endmacro %}

{% macro default__to_cents(amount) -%}
    cast(round({{ amount }}, 2) as numeric(18, 2))
{%- endmacro %}

{# DuckDB rounds a hundred times as fast in 64 bits, where all but absurd amounts fit. #}
{% macro duckdb__to_cents(amount) -%}
    coalesce(
        cast(round(try_cast({{ amount }} as numeric(18, 4)), 2) as numeric(18, 2)), {{ default__to_cents(amount) }}
    )
{%- endmacro %}
