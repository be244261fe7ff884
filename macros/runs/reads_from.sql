{# A subquery: the moment of loading from which this run reads an input; null where it must read all of it. #}
{% macro reads_from(table) -%}
    select reads_from from {{ run_table('arrivals') }} where input = '{{ table }}' and not is_finished
{%- endmacro %}
