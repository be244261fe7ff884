{# Contract column as text; the input views have already removed whitespace. is_id: for the input views, which also remove the marks
   that spreadsheets and data frames add to ids (="17850", '17850 and 17850.0 are 17850). Most ids have none, so the patterns are
   rarely evaluated. #}
{% macro read_text(column, is_id=false) -%}
    {%- set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- if not is_id -%} {{ return(text) }} {%- endif -%}
    {#- Spark reads two quotes inside a pattern as none -#}
    {%- set unquoted = "trim(case when " ~ text ~ " like chr(39) || '%' then substr(" ~ text ~ ", 2) else "
        ~ replace_matches(text, '^="(.*)"$', '\\1') ~ " end)" -%}
    case
        when {{ text }} like '=%' or {{ text }} like chr(39) || '%' or {{ text }} like '%.0%'
            then nullif({{ replace_matches(unquoted, '^([0-9]+)[.]0+$', '\\1') }}, '')
        else {{ text }}
    end
{%- endmacro %}
