{# numerator / denominator (both non-negative) rounded half up; null if the denominator is 0.
   Exact on decimals, so that half a cent is rounded the same way on every warehouse. #}
{% macro divide_half_up(numerator, denominator, scale) -%}
    {{ return(adapter.dispatch('divide_half_up')(numerator, denominator, scale)) }}
{%- endmacro %}

{% macro default__divide_half_up(numerator, denominator, scale) -%}
    cast(round(cast(({{ numerator }}) as numeric(38, 8)) / nullif({{ denominator }}, 0), {{ scale }}) as numeric(18, {{ scale }}))
{%- endmacro %}

{# DuckDB divides decimals as doubles, so the division uses integers: units of 0.0001 if both fit into 64 bits (20 times as
   fast), else units of 0.00000001. #}
{% macro duckdb__divide_half_up(numerator, denominator, scale) -%}
    {%- set small_numerator = "try_cast((" ~ numerator ~ ") as numeric(12, 4))" -%}
    {%- set small_denominator = "try_cast((" ~ denominator ~ ") as numeric(12, 4))" -%}
    {%- set small_dividend = "cast(" ~ small_numerator ~ " * 10000 as bigint)" -%}
    {%- set small_divisor = "cast(" ~ small_denominator ~ " * 10000 as bigint)" -%}
    {%- set dividend = "cast(cast((" ~ numerator ~ ") as numeric(38, 8)) * 100000000 as hugeint)" -%}
    {%- set divisor = "cast(cast((" ~ denominator ~ ") as numeric(38, 8)) * 100000000 as hugeint)" -%}
    cast(
        case
            when ({{ numerator }}) = {{ small_numerator }} and ({{ denominator }}) = {{ small_denominator }}
                then ({{ small_dividend }} * {{ 2 * 10 ** scale }} + {{ small_divisor }}) // nullif(2 * {{ small_divisor }}, 0)
            else ({{ dividend }} * {{ 2 * 10 ** scale }} + {{ divisor }}) // nullif(2 * {{ divisor }}, 0)
        end as numeric(18, 0)
    ) * cast('{{ "0." ~ "0" * (scale - 1) ~ "1" }}' as numeric({{ scale + 1 }}, {{ scale }}))
{%- endmacro %}

{# Spark keeps few decimals of a quotient, and rounding twice can change the result, so the division uses integers. #}
{% macro spark__divide_half_up(numerator, denominator, scale) -%}
    {%- set dividend = "cast(cast((" ~ numerator ~ ") as numeric(38, 8)) * 100000000 as numeric(38, 0))" -%}
    {%- set divisor = "cast(cast((" ~ denominator ~ ") as numeric(38, 8)) * 100000000 as numeric(38, 0))" -%}
    cast(
        ({{ dividend }} * {{ 2 * 10 ** scale }} + {{ divisor }}) div nullif(2 * {{ divisor }}, 0) as numeric(18, 0)
    ) * cast('{{ "0." ~ "0" * (scale - 1) ~ "1" }}' as numeric({{ scale + 1 }}, {{ scale }}))
{%- endmacro %}
