{# Columns of one kind of rows of audit_warning_items; warning: its code, or SQL that returns codes. Counts rows unless told otherwise. #}
{% macro warning_item(warning, input, column_name=none, item=none, rows='count(*)', all_rows='max(ledger.rows_accepted)', amount='0') -%}
    {%- set text = dbt.type_string() -%}
    {{ warning if ' ' in warning else "'" ~ warning ~ "'" }} as warning,
        {{ input if '.' in input else "'" ~ input ~ "'" }} as input,
        cast({{ (column_name if '.' in column_name else "'" ~ column_name ~ "'") if column_name else 'null' }} as {{ text }}) as column_name,
        cast({{ item or 'null' }} as {{ text }}) as item,
        cast({{ rows }} as bigint) as rows,
        cast({{ all_rows }} as bigint) as all_rows,
        cast({{ amount }} as numeric(18, 2)) as amount
{%- endmacro %}
