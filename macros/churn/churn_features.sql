{# All features of churn_topics, as the columns of int_churn_features: what the logistic model weighs. #}
{% macro churn_features() -%}
    {{ return(churn_topics().values() | map('list') | sum(start=[])) }}
{%- endmacro %}
