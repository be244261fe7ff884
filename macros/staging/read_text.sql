{# Contract column as text; the input views already removed whitespace. is_id: without the marks that spreadsheets and data frames add
   (="17850", '17850 and 17850.0 are 17850). Most ids have none, so the pattern is rarely evaluated. #}
{% macro read_text(column, is_id=false) -%}
    {%- set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- if not is_id -%} {{ return(text) }} {%- endif -%}
    {%- set unquoted = "trim(case when " ~ text ~ " like '=\"%\"' then substr(" ~ text ~ ", 3, length(" ~ text ~ ") - 3) when "
        ~ text ~ " like chr(39) || '%' then substr(" ~ text ~ ", 2) else " ~ text ~ " end)" -%}
    case
        when {{ text }} like '=%' or {{ text }} like chr(39) || '%' or {{ text }} like '%.0%'
            then case
                when {{ regexp_full_match(unquoted, '[0-9]+[.]0+') }} then split_part({{ unquoted }}, '.', 1)
                else nullif({{ unquoted }}, '')
            end
        else {{ text }}
    end
{%- endmacro %}
