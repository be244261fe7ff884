{# numerator / denominator (neither negative) rounded half up, null where there is nothing to divide by.
   Exact on decimals, so that a half cent goes the same way on every warehouse. #}
{% macro exact_ratio(numerator, denominator, scale) -%}
    {{ return(adapter.dispatch('exact_ratio')(numerator, denominator, scale)) }}
{%- endmacro %}

{% macro default__exact_ratio(numerator, denominator, scale) -%}
    cast(round(cast({{ numerator }} as numeric(38, 4)) / nullif({{ denominator }}, 0), {{ scale }}) as numeric(18, {{ scale }}))
{%- endmacro %}

{# DuckDB divides decimals as doubles, so the division is done on whole numbers. #}
{% macro duckdb__exact_ratio(numerator, denominator, scale) -%}
    cast(
        (
            cast({{ numerator }} * 100 as hugeint) * {{ 2 * 10 ** scale }} + cast({{ denominator }} * 100 as hugeint)
        ) // nullif(2 * cast({{ denominator }} * 100 as hugeint), 0)
        as numeric(18, 0)
    ) * cast('{{ "0." ~ "0" * (scale - 1) ~ "1" }}' as numeric({{ scale + 1 }}, {{ scale }}))
{%- endmacro %}
