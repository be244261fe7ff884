{# What the rows of incremental models depend on besides their input, as {name: fingerprint}: vars, seeds, the models up to
   them, the macros, and the place of the raw tables. Var as_of_date is none of it: any day can follow any other. Nor is the
   seed of erased customers: each run looks for their rows (erasures). #}
{% macro settings(place) -%}
    {%- set found = {'place of the raw tables': place | string, 'macros': local_md5(macro_texts())} -%}
    {%- for name in setting_vars() -%}
        {%- do found.update({'var ' ~ name: local_md5(tojson(var(name), sort_keys=true))}) -%}
    {%- endfor -%}
    {%- set needed = incremental_models() | map(attribute='unique_id') | list -%}
    {%- for id in needed -%}
        {%- for parent in graph.nodes[id].depends_on.nodes if parent in graph.nodes and parent not in needed -%}
            {%- do needed.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for id in needed if graph.nodes[id].name != 'erased_customers' -%}
        {%- do found.update({graph.nodes[id].resource_type ~ ' ' ~ graph.nodes[id].name: graph.nodes[id].checksum.checksum}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
