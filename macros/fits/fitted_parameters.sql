{% macro fitted_parameters(model=none) -%}
    {{ return(adapter.dispatch('fitted_parameters')(model)) }}
{%- endmacro %}

{% macro default__fitted_parameters(model) -%}
    {#- the graph is complete only after parsing -#}
    select * from {{ fitted_parameters_relation() if execute }}
    {%- if model %} where model = '{{ model }}'{% endif %}
{%- endmacro %}

{% macro duckdb__fitted_parameters(model) -%}
    {%- set python_models = {
        'bg_nbd': 'int_purchase_parameters', 'mbg_nbd': 'int_purchase_parameters', 'gamma_gamma': 'int_purchase_parameters',
        'logistic': 'int_logistic_parameters', 'kmeans': 'int_persona_parameters', 'markov': 'int_markov_parameters',
        'promotion_response': 'int_promotion_parameters',
    } -%}
    {%- for name in ([python_models[model]] if model else python_models.values() | unique) -%}
    select * from {{ ref(name) }}
    {%- if model %} where model = '{{ model }}'{% endif %}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor -%}
{%- endmacro %}
