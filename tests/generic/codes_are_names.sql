{# Codes name columns, files and settings: lower-case letters, digits and underscores. #}
{% test codes_are_names(model, columns) %}

{% for column in columns -%}
select
    '{{ column }}' as column_name,
    {{ column }} as code

from {{ model }}

where not {{ regexp_full_match(column, '[a-z0-9_]+') }}
{{- '\n\nunion all\n\n' if not loop.last }}
{%- endfor %}

{% endtest %}
