{# A setting of the funnel that a track_key belongs to: name, steps (their number), mode, is_within_session or window
   (as an interval; a funnel without one has a hundred years). What all funnels share is written as it is. #}
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
