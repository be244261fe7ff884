{# The nodes of all models that keep their rows from run to run; none on Spark, where every run builds everything anew. #}
{% macro incremental_models() -%}
    {{ return(graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.materialized', 'equalto', 'incremental') | list) }}
{%- endmacro %}
