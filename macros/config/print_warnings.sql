{# At the end of a run that built audit_warnings, prints them as one block. #}
{% macro print_warnings(results) %}
    {%- for result in results if execute and flags.WHICH in ['build', 'run'] and result.node.name == 'audit_warnings' and result.status == 'success' -%}
        {%- set lines = ['input tables (also in audit_warnings):'] -%}
        {%- for row in run_query('select severity, message from ' ~ result.node.relation_name ~ ' order by position').rows -%}
            {%- do lines.append(row[0] ~ ': ' ~ row[1]) -%}
        {%- endfor -%}
        {%- if lines | length > 1 -%} {%- do log(lines | join('\n'), info=true) -%} {%- endif -%}
    {%- endfor -%}
{% endmacro %}
