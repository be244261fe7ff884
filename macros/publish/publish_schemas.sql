{% macro publish_schemas(live) %}
    {{ return(adapter.dispatch('publish_schemas')(live)) }}
{% endmacro %}

{% macro default__publish_schemas(live) %}
    {{ exceptions.raise_compiler_error('publish_schemas runs only on Postgres, but target ' ~ target.name ~ ' is ' ~ target.type ~ ': use customer-analytics build on DuckDB') }}
{% endmacro %}

{# Views and grants follow a renamed schema. The replaced schemas get the names of the built ones, so roles keep their grants
   on both. #}
{% macro postgres__publish_schemas(live) %}
    {%- set built = target.schema -%}
    {%- set existing = run_query('select nspname from pg_catalog.pg_namespace').columns[0].values() -%}
    {#- suffixes of all schemas of a build, such as _marts -#}
    {%- set endings = [contract_node('orders').schema[built | length:]] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'customer_analytics' and node.resource_type in ('model', 'seed') -%}
        {%- do endings.append(node.schema[built | length:]) -%}
    {%- endfor -%}
    {%- set endings = endings | unique | sort -%}
    {%- if live == built -%}
        {{ exceptions.raise_compiler_error('live: ' ~ live ~ ' is also the schema that dbt builds into: set ANALYTICS_SCHEMA to another schema, such as ' ~ live ~ '_next, and build again') }}
    {%- endif -%}
    {%- for ending in endings if built ~ ending not in existing -%}
        {{ exceptions.raise_compiler_error('schema ' ~ built ~ ending ~ ' does not exist: run dbt build --target ' ~ target.name ~ ' first') }}
    {%- endfor -%}
    {%- set orders = contract_node('orders').schema ~ '.orders' -%}
    {%- set parameters = fitted_parameters_relation() -%}
    {%- if run_query("select to_regclass('" ~ orders ~ "')").rows[0][0] is none -%}
        {{ exceptions.raise_compiler_error('nothing was built in ' ~ built ~ ' since it was last published: run dbt build --target ' ~ target.name ~ ' first') }}
    {%- endif -%}

    {%- call statement() -%}
        begin;
        {%- for ending in endings %}
        {%- if live ~ ending in existing %}
        alter schema {{ live ~ ending }} rename to {{ built ~ ending }}_replaced;
        alter schema {{ built ~ ending }} rename to {{ live ~ ending }};
        alter schema {{ built ~ ending }}_replaced rename to {{ built ~ ending }};
        {%- else %}
        alter schema {{ built ~ ending }} rename to {{ live ~ ending }};
        {%- endif %}
        {%- endfor %}
        -- so that the next build scores with the same fit
        create schema if not exists {{ parameters.schema }};
        create table if not exists {{ parameters }} (like {{ live }}_input.fitted_parameters);
        delete from {{ parameters }};
        insert into {{ parameters }} select * from {{ live }}_input.fitted_parameters;
        {%- if live ~ '_input' in existing %}
        -- so that a second call does not publish the replaced schemas again
        drop view {{ orders }} cascade;
        {%- endif %}
        commit;
    {%- endcall -%}
{% endmacro %}
