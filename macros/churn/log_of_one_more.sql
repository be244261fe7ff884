{# ln(1 + a non-negative number), 0 if null: the model uses the order of magnitude of counts and amounts. #}
{% macro log_of_one_more(number) -%}
    ln(1 + cast(coalesce({{ number }}, 0) as {{ type_double() }}))
{%- endmacro %}
