{# A list of columns to select, where some (default: all but loaded_at) are left empty in rows that a condition holds for. #}
{% macro hide(columns, is_hidden, hidden_columns=none) -%}
    {%- for column in columns -%}
        {%- set is_shown = column == 'loaded_at' if hidden_columns is none else column not in hidden_columns -%}
        {{ column if is_shown else 'case when ' ~ is_hidden ~ ' then null else ' ~ column ~ ' end as ' ~ column }}
        {{- ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
