{# A role that can read tables (config grants) also needs usage of their schema. #}
{% macro grant_schemas() %}
    {%- set uses = {} -%}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- for node in graph.nodes.values() if node.package_name == 'customer_analytics' and node.unique_id in selected_resources -%}
            {%- for role in node.config.get('grants', {}).get('select', []) -%}
                {%- do uses.setdefault(role, []).append(node.schema) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for role, schemas in uses.items() -%}
            {#- after a failed hook, dbt would continue to the first mart -#}
            {%- if not run_query("select 1 from pg_catalog.pg_roles where rolname = '" ~ role ~ "'").rows -%}
                {{ exceptions.raise_compiler_error(
                    "BI_ROLE is '" ~ role ~ "', which is not a role of this database: run `create role " ~ role ~ " login`, or unset BI_ROLE"
                ) }}
            {%- endif %}
        grant usage on schema {{ schemas | unique | join(', ') }} to {{ role }};
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
