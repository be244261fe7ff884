{# The first fault of var funnels in words, none where every funnel can be built. (Whether a step is a known event is
   checked by check_funnel_steps, once the words are loaded.) #}
{% macro check_funnels() -%}
    {%- set funnels = var('funnels') -%}
    {%- if funnels is not mapping or not funnels or funnels | length > 99 -%}
        {{ return("var funnels: give 1 to 99 funnels by name, such as {purchase: {window_hours: 168, steps: [visit, pay]}}") }}
    {%- endif -%}
    {%- for name, funnel in funnels.items() -%}
        {%- set where = "var funnels, funnel " ~ name ~ ": " -%}
        {%- if not modules.re.fullmatch('[a-z][a-z0-9_]*', name | string) -%}
            {{ return(where ~ "name it in lower case letters, digits and underscores") }}
        {%- elif funnel is not mapping or funnel.get('steps') is not sequence or funnel.steps is string or funnel.steps is mapping -%}
            {{ return(where ~ "give its steps as a list, such as {window_hours: 168, steps: [visit, pay]}") }}
        {%- endif -%}
        {%- for setting in funnel if setting not in ['steps', 'window_hours', 'mode', 'within'] -%}
            {{ return(where ~ "'" ~ setting ~ "' is no setting: use steps, window_hours, mode or within") }}
        {%- endfor -%}
        {%- set window = funnel.get('window_hours') -%}
        {%- set steps = funnel.steps -%}
        {%- if funnel.get('mode', 'latest_entry') not in ['latest_entry', 'first_entry'] -%}
            {{ return(where ~ "mode '" ~ funnel.mode ~ "' is unknown: use latest_entry or first_entry") }}
        {%- elif funnel.get('within', 'person') not in ['person', 'session'] -%}
            {{ return(where ~ "within '" ~ funnel.within ~ "' is unknown: use person or session") }}
        {%- elif window is none and funnel.get('within') != 'session' -%}
            {{ return(where ~ "window_hours is missing: only a funnel within a session goes without") }}
        {%- elif window is not none and (window is not integer or window is boolean or window < 1 or window > 876600) -%}
            {{ return(where ~ "window_hours is '" ~ window ~ "': use a whole number of hours from 1 to 876600") }}
        {%- elif steps | length < 2 or steps | length > 10 -%}
            {{ return(where ~ (steps | length) ~ " steps: a funnel has 2 to 10") }}
        {%- endif -%}
        {%- for step in steps if steps.count(step) > 1 -%}
            {{ return(where ~ "step '" ~ step ~ "' stands there twice: one event takes one step, so give each once") }}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
