{# Text without surrounding whitespace; null if nothing is left. Exports pad values with many kinds of whitespace (Unicode space
   separators, tabs, line ends) and with characters of zero width, which copied text often contains. Tabs, for example, keep spreadsheets from rounding long numbers. #}
{% macro trimmed_text(column) -%}
    {%- set whitespace = " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
        ~ "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" -%}
    {{ return(adapter.dispatch('trimmed_text')(column, whitespace)) }}
{%- endmacro %}

{% macro default__trimmed_text(column, whitespace) -%}
    nullif(trim(both '{{ whitespace }}' from cast({{ column }} as {{ dbt.type_string() }})), '')
{%- endmacro %}

{# DuckDB's plain trim is four times as fast, but leaves tabs, line ends and characters of zero width. Text of as many bytes as
   characters has none of the latter. #}
{% macro duckdb__trimmed_text(column, whitespace) -%}
    {%- set text = "cast(" ~ column ~ " as varchar)" -%}
    nullif(
        case
            when contains({{ text }}, chr(9)) or contains({{ text }}, chr(10)) or contains({{ text }}, chr(13))
                or strlen({{ text }}) <> length({{ text }})
                then trim({{ text }}, '{{ whitespace }}')
            else trim({{ text }})
        end,
        ''
    )
{%- endmacro %}
