{# The highest number that an incremental model has given as a key, 0 where the run starts from nothing. #}
{% macro keys_so_far(column) -%}
    {{ '(select coalesce(max(' ~ column ~ '), 0) from ' ~ this ~ ')' if is_continued() else '0' }}
{%- endmacro %}
