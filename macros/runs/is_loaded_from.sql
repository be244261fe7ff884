{# A condition on raw rows: they were loaded at this moment or later, or nobody can say when. #}
{% macro is_loaded_from(moment) -%}
    coalesce({{ read_possible_time('loaded_at') }} >= cast('{{ moment }}' as timestamp), true)
{%- endmacro %}
