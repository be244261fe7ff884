{# The optional numbers and times of a row that were given but not taken over, as change:column, joined by commas. #}
{% macro changed_values(table) -%}
    {%- set changes = [] -%}
    {%- for column in contract(table) if not column.is_required and column.data_type != 'text' -%}
        {%- set value = read_column(column.name, column.data_type) -%}
        {%- do changes.append("case when " ~ value ~ " is null then case when " ~ read_text(column.name) ~ " is not null then 'unreadable:" ~ column.name ~ "' end end") -%}
        {%- if column.data_type == 'decimal' -%}
            {%- do changes.append("case when " ~ value ~ " < 0 then 'negative:" ~ column.name ~ "' end") -%}
        {%- elif column.data_type == 'timestamp' -%}
            {%- do changes.append("case when not " ~ is_possible_time(value) ~ " then 'impossible:" ~ column.name ~ "' end") -%}
        {%- endif -%}
    {%- endfor -%}
    nullif(concat_ws(',', {{ changes | join(', ') if changes else "''" }}), '')
{%- endmacro %}
