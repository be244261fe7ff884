{# A setting of the funnel that a track_key belongs to: name, steps (their number), mode, is_within_session or
   window (as an interval; a funnel without one has a hundred years). #}
{% macro by_funnel(track_key, setting) -%}
    case {{ track_key }} % 100
        {%- for funnel in funnels() %}
        when {{ funnel.number }} then {% if setting == 'window' -%} interval '{{ funnel.window_hours or 876600 }} hours'
        {%- elif setting == 'steps' -%} {{ funnel.steps | length }}
        {%- elif setting == 'is_within_session' -%} {{ funnel.is_within_session }}
        {%- else -%} '{{ funnel[setting] }}' {%- endif -%}
        {%- endfor %}
    end
{%- endmacro %}
