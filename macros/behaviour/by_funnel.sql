{# Setting of the funnel of a track_key: name, steps (number of steps), mode, is_within_session or window (as an interval;
   100 years if the funnel has none). If all funnels share a value, it is written as a literal. #}
{% macro by_funnel(track_key, setting) -%}
    {%- set values = [] -%}
    {%- for funnel in funnels() -%}
        {%- if setting == 'window' -%} {%- do values.append("interval '" ~ (funnel.window_hours or 876600) ~ " hours'") -%}
        {%- elif setting == 'steps' -%} {%- do values.append(funnel.steps | length) -%}
        {%- elif setting == 'is_within_session' -%} {%- do values.append(funnel.is_within_session | lower) -%}
        {%- else -%} {%- do values.append("'" ~ funnel[setting] ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if values | unique | list | length == 1 -%} {{ values[0] }}
    {%- else -%}
    case {{ track_key }} % 100
        {%- for value in values %}
        when {{ loop.index }} then {{ value }}
        {%- endfor %}
    end
    {%- endif -%}
{%- endmacro %}
