{# Who is granted a table (config grants) needs the use of its schema as well. As a hook before the build, so that a role that does
   not exist stops it at once. #}
{% macro grant_schemas() %}
    {%- set uses = [] -%}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- for node in graph.nodes.values() if node.unique_id in selected_resources -%}
            {%- for role in node.config.get('grants', {}).get('select', []) -%}
                {%- do uses.append(node.schema ~ ' to ' ~ role) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for use in uses | unique %}
        grant usage on schema {{ use }};
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
