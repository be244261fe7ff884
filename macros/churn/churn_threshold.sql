{# The probability of leaving from which a customer is at risk. #}
{% macro churn_threshold() -%}
    0.70
{%- endmacro %}
