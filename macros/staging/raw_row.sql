{# Non-null columns of a raw row as JSON text, with personal data masked; reads raw_columns(). #}
{% macro raw_row(table) -%}
    {%- set members = [] -%}
    {%- for column in contract(table) -%}
        {%- set raw_value = 'raw_' ~ column.name -%}
        {%- if column.is_personal -%} {%- set shown = "'***'" -%}
        {%- elif column.name in ['customer_id', 'visitor_id'] -%} {%- set shown = read_person_id(raw_value) -%}
        {%- elif column.name.endswith('_id') or column.name == 'line_number' -%}
            {%- set shown = replace_matches(read_text(raw_value), pattern('email'), '***') -%}
        {%- else -%} {%- set shown = mask_personal(read_text(raw_value)) -%}
        {%- endif -%}
        {%- do members.append("case when " ~ raw_value ~ " is not null then '\"" ~ column.name ~ "\":' || "
            ~ adapter.dispatch('json_text')(shown) ~ " end") -%}
    {%- endfor -%}
    '{' || concat_ws(',', {{ members | join(', ') if members else "''" }}) || '}'
{%- endmacro %}

{# Text as a quoted JSON string. #}
{% macro default__json_text(text) -%}
    cast(to_json(cast({{ text }} as {{ dbt.type_string() }})) as {{ dbt.type_string() }})
{%- endmacro %}

{# Spark's to_json does not take a plain text, so it gets an array and the brackets are removed. #}
{% macro spark__json_text(text) -%}
    regexp_extract(to_json(array(cast({{ text }} as string))), '(?s)^.(.*).$', 1)
{%- endmacro %}
