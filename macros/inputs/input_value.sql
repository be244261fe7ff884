{# Raw column as selected in its input view: text without surrounding whitespace, times with a zone in UTC, floating point numbers as
   plain decimals in text (1e-05 becomes 0.00001, an id of 123.0 becomes 123; NaN stays NaN and is then unreadable). #}
{% macro input_value(name, kind) -%}
    {{ return(adapter.dispatch('input_value')(adapter.quote(name), kind)) }}
{%- endmacro %}

{% macro default__input_value(column, kind) -%}
    {%- if kind == 'float' -%}
        case
            when cast({{ column }} as text) like '%e%' then cast(cast({{ column }} as numeric) as text)
            else cast({{ column }} as text)
        end
    {%- elif kind == 'zoned_timestamp' -%}
        {{ column }} at time zone 'UTC'
    {%- elif kind == 'text' -%}
        {{ trimmed_text(column) }}
    {%- else -%}
        cast({{ column }} as {{ input_type(kind) }})
    {%- endif -%}
{%- endmacro %}

{# DuckDB's numeric has three decimals by default, and a number too large for a decimal must not fail the run. #}
{% macro duckdb__input_value(column, kind) -%}
    {%- if kind == 'float' -%}
        case
            when cast({{ column }} as varchar) not like '%e%' then regexp_replace(cast({{ column }} as varchar), '[.]0$', '')
            when abs({{ column }}) < 1 then cast(try_cast({{ column }} as decimal(38, 18)) as varchar)
            else coalesce(cast(try_cast({{ column }} as hugeint) as varchar), cast({{ column }} as varchar))
        end
    {%- elif kind in ['integer', 'decimal'] -%}
        {{ column }}
    {%- else -%}
        {{ default__input_value(column, kind) }}
    {%- endif -%}
{%- endmacro %}

{# Spark writes floating point numbers from 10 million up, and small ones, with an exponent (E). #}
{% macro spark__input_value(column, kind) -%}
    {%- if kind == 'float' -%}
        case
            when cast({{ column }} as string) not like '%E%' then regexp_replace(cast({{ column }} as string), '[.]0$', '')
            else coalesce(
                regexp_replace(cast(try_cast({{ column }} as numeric(38, 18)) as string), '[.]?0+$', ''),
                cast(try_cast({{ column }} as numeric(38, 0)) as string),
                cast({{ column }} as string)
            )
        end
    {%- elif kind == 'decimal' -%}
        {{ column }}
    {%- else -%}
        {{ default__input_value(column, kind) }}
    {%- endif -%}
{%- endmacro %}
