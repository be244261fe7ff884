{# The nodes of the views between a model and the tables it is made from that hold only what the run does over again. #}
{% macro limiting_views(node) -%}
    {%- set views, limiting = [node], [] -%}
    {%- for view in views -%}
        {%- for parent in view.depends_on.nodes if graph.nodes.get(parent, {}).get('config', {}).get('materialized') == 'view' -%}
            {%- do views.append(graph.nodes[parent]) -%}
            {%- if graph.nodes[parent].depends_on.macros | select('in', ['macro.customer_analytics.is_touched', 'macro.customer_analytics.is_row_to_read']) | list -%}
                {%- do limiting.append(graph.nodes[parent]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(limiting) }}
{%- endmacro %}
