{# Non-null columns of a checked row as members of a JSON object: ids, and values that are still to be masked, at once because a mask
   is long. Reads the parsed ids and raw_columns(). #}
{% macro raw_row(table) -%}
    {%- set ids, others = [], [] -%}
    {%- for column in contract(table) -%}
        {%- set raw_value, is_id = 'raw_' ~ column.name, column.name.endswith('_id') or column.name == 'line_number' -%}
        {%- if column.is_personal -%} {%- set shown = "'***'" -%}
        {%- elif column.name == 'line_number' -%} {%- set shown = read_id(raw_value) -%}
        {%- elif is_id -%}
            {#- the parsed id of a placeholder is null -#}
            {%- set shown = 'coalesce(' ~ ('row_key' if column.name == 'event_id' else column.name) ~ ', ' ~ read_text(raw_value) ~ ')' -%}
        {%- else -%}
            {#- JSON writes a line end as letters, and a phone number has no letter before it -#}
            {%- set shown = "translate(" ~ read_text(raw_value) ~ ", chr(9) || chr(10) || chr(13), '   ')" -%}
            {%- if column.name == 'page' -%} {%- set shown = "split_part(split_part(" ~ shown ~ ", '?', 1), '#', 1)" -%} {%- endif -%}
        {%- endif -%}
        {%- do (ids if is_id else others).append("case when " ~ raw_value ~ " is not null then '\"" ~ column.name ~ "\":' || "
            ~ adapter.dispatch('json_text')(shown) ~ " end") -%}
    {%- endfor -%}
    {{ return({'ids': "concat_ws(',', " ~ ids | join(', ') ~ ")" if ids else "''", 'values': "concat_ws(',', " ~ others | join(', ') ~ ")" if others else "''"}) }}
{%- endmacro %}

{# Text as a quoted JSON string. #}
{% macro default__json_text(text) -%}
    cast(to_json(cast({{ text }} as {{ dbt.type_string() }})) as {{ dbt.type_string() }})
{%- endmacro %}

{# Spark's to_json does not take a plain text, so it gets an array and the brackets are removed. #}
{% macro spark__json_text(text) -%}
    regexp_extract(to_json(array(cast({{ text }} as string))), '(?s)^.(.*).$', 1)
{%- endmacro %}
