{# All features of churn_topics, the features of the logistic model, as columns of int_churn_features. #}
{% macro churn_features() -%}
    {{ return(churn_topics().values() | map('list') | sum(start=[])) }}
{%- endmacro %}
