{# The optional numbers and times of a row that were given but not taken over, as change:column, joined by commas. #}
{% macro changed_values(table) -%}
    {%- set why_not = {'decimal': 'negative', 'timestamp': 'impossible'} -%}
    {%- set changes = [] -%}
    {%- for column in contract(table) if not column.is_required and column.data_type != 'text' -%}
        {%- set given = '(raw_content).' ~ column.name -%}
        {%- if column.data_type in why_not -%}
            {%- set change = "case when " ~ read_column(given, column.data_type) ~ " is null then 'unreadable' else '"
                ~ why_not[column.data_type] ~ "' end || ':" ~ column.name ~ "'" -%}
        {%- else -%}
            {%- set change = "'unreadable:" ~ column.name ~ "'" -%}
        {%- endif -%}
        {%- do changes.append("case when " ~ column.name ~ " is null and " ~ given ~ " is not null then " ~ change ~ " end") -%}
    {%- endfor -%}
    nullif(concat_ws(',', {{ changes | join(', ') if changes else "''" }}), '')
{%- endmacro %}
