{# Before a build on Postgres: refuses a second build of the same schemas, and grants usage of schemas. #}
{% macro start_build() %}
    {%- if execute and flags.WHICH in ['build', 'run'] -%} {{ adapter.dispatch('start_build')() }} {%- endif -%}
{% endmacro %}

{% macro default__start_build() %}
{% endmacro %}

{% macro postgres__start_build() %}
    {#- profiles.yml puts the schema into the name of the session; a parent project has its own profile -#}
    {%- if run_query("select current_setting('application_name')").rows[0][0].startswith('customer_analytics ') -%}
        {#- dbt closes a connection after each model, so a lock alone would hold only until the first one -#}
        {%- set running = [not run_query("select pg_try_advisory_lock(hashtext(current_setting('application_name')))").rows[0][0]] -%}
        {%- for _ in range(10) -%}
            {%- do run_query('select pg_stat_clear_snapshot(), pg_sleep(0.02)') -%}
            {#- idle: sessions that this run has just closed -#}
            {%- do running.append(run_query("
                select 1 from pg_catalog.pg_stat_activity
                where datname = current_database() and application_name = current_setting('application_name')
                    and pid <> pg_backend_pid() and state <> 'idle'
            ").rows | length > 0) -%}
        {%- endfor -%}
        {%- if running | select | list -%}
            {{ exceptions.raise_compiler_error(
                'another build of the schemas ' ~ target.schema ~ '_... is running in database ' ~ target.dbname
                ~ ': wait for it to finish, or set ANALYTICS_SCHEMA to build into other schemas'
            ) }}
        {%- endif -%}
    {%- endif -%}
    {#- a role that can read tables (config grants) also needs usage of their schema -#}
    {%- set uses = {} -%}
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
{% endmacro %}
