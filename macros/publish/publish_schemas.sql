{% macro publish_schemas(live, shrink_percent=20, shrink_days=7, accept_shrink=false) %}
    {{ return(adapter.dispatch('publish_schemas')(live, shrink_percent, shrink_days, accept_shrink)) }}
{% endmacro %}

{% macro default__publish_schemas(live, shrink_percent, shrink_days, accept_shrink) %}
    {{ exceptions.raise_compiler_error('publish_schemas runs only on Postgres, but target ' ~ target.name ~ ' is ' ~ target.type ~ ': use customer-analytics build on DuckDB') }}
{% endmacro %}

{# Only marts and audit are published. The replaced schemas get the names of the built ones, so roles keep their grants on both. #}
{% macro postgres__publish_schemas(live, shrink_percent, shrink_days, accept_shrink) %}
    {%- set built = target.schema -%}
    {%- set existing = run_query('select nspname from pg_catalog.pg_namespace').columns[0].values() -%}
    {#- suffixes of the schemas of marts, such as _marts -#}
    {%- set endings = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'customer_analytics' and node.resource_type == 'model' and node.access == 'public' -%}
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
    {%- if run_query("select to_regclass('" ~ orders ~ "')").rows[0][0] is none -%}
        {{ exceptions.raise_compiler_error('nothing was built in ' ~ built ~ ' since it was last published: run dbt build --target ' ~ target.name ~ ' first') }}
    {%- endif -%}

    {#- inputs that have shrunk, as in customer_analytics/guard.py -#}
    {%- set ledger = '_audit.audit_row_ledger' -%}
    {%- if not accept_shrink and run_query("select to_regclass('" ~ live ~ ledger ~ "')").rows[0][0] is not none -%}
        {%- set shrunk -%}
            select
                before.input, before.rows_in, coalesce(built.rows_in, 0), before.rows_accepted, coalesce(built.rows_accepted, 0),
                before.amount_accepted, coalesce(built.amount_accepted, 0), days.last_date, coalesce(cast(built.last_date as text), 'none')
            from {{ live ~ ledger }} as before
            -- ledgers of earlier versions have no last day
            cross join lateral (select cast(to_jsonb(before) ->> 'last_date' as date) as last_date) as days
            left join {{ target.schema ~ ledger }} as built on before.input = built.input
            where coalesce(built.rows_in, 0) < before.rows_in * (1 - {{ shrink_percent }} / 100.0)
                or coalesce(built.rows_accepted, 0) < before.rows_accepted * (1 - {{ shrink_percent }} / 100.0)
                or coalesce(built.amount_accepted, 0) < before.amount_accepted * (1 - {{ shrink_percent }} / 100.0)
                or days.last_date - coalesce(built.last_date, date '0001-01-01') >= {{ shrink_days }}
            order by before.input
        {%- endset -%}
        {%- set lines = [] -%}
        {%- for row in run_query(shrunk).rows -%}
            {%- do lines.append('not published: %s has shrunk since the last publication (rows: %s, now %s; accepted rows: %s, now %s; amount: %s, now %s; last day: %s, now %s): load it again, or publish it once with accept_shrink: true in --args' % row.values()) -%}
        {%- endfor -%}
        {%- if lines -%} {{ exceptions.raise_compiler_error(lines | join('\n')) }} {%- endif -%}
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
        -- so that a second call does not publish the replaced schemas again
        drop view {{ orders }} cascade;
        commit;
    {%- endcall -%}
{% endmacro %}
