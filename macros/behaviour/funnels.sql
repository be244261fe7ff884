{# The funnels of var funnels with all their settings, numbered in the order of the var. #}
{% macro funnels() -%}
    {%- set fault = check_funnels() -%}
    {%- if fault -%} {{ exceptions.raise_compiler_error(fault) }} {%- endif -%}
    {%- set found = [] -%}
    {%- for name, funnel in var('funnels').items() -%}
        {%- do found.append({
            'number': loop.index,
            'name': name,
            'steps': funnel.steps,
            'mode': funnel.get('mode', 'latest_entry'),
            'is_within_session': funnel.get('within', 'person') == 'session',
            'window_hours': funnel.get('window_hours'),
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
