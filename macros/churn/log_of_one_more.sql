{# ln(1 + a number that is not negative), 0 where it is not known: what counts of a count or an amount is its order of magnitude. #}
{% macro log_of_one_more(number) -%}
    ln(1 + cast(coalesce({{ number }}, 0) as {{ type_double() }}))
{%- endmacro %}
