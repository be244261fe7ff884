{# Funnels of the var funnels with all their settings, numbered in the order of the var. Raises an error if one is invalid.
   int_funnel_steps checks that each step is a known event, because the seed must be loaded first. #}
{% macro funnels() -%}
    {%- set given = var('funnels') -%}
    {%- if given is not mapping or not given or given | length > 99 -%}
        {{ exceptions.raise_compiler_error(
            "var funnels " ~ ("has " ~ (given | length) ~ " funnels" if given is mapping else "is '" ~ given ~ "'")
            ~ ": use a mapping of 1 to 99 funnels, such as {purchase: {window_hours: 168, steps: [visit, pay]}}"
        ) }}
    {%- endif -%}
    {%- for name, funnel in given.items() -%}
        {%- set where = "var funnels, funnel " ~ name ~ ": " -%}
        {%- if not modules.re.fullmatch('[a-z][a-z0-9_]*', name | string) -%}
            {{ exceptions.raise_compiler_error(where ~ "the name is not valid: use lower-case letters, digits and underscores, beginning with a letter") }}
        {%- elif funnel is not mapping or funnel.get('steps') is not sequence or funnel.steps is string or funnel.steps is mapping -%}
            {{ exceptions.raise_compiler_error(where ~ "'" ~ funnel ~ "' has no list of steps: use settings such as {window_hours: 168, steps: [visit, pay]}") }}
        {%- endif -%}
        {%- for setting in funnel if setting not in ['steps', 'window_hours', 'mode', 'within'] -%}
            {{ exceptions.raise_compiler_error(where ~ "'" ~ setting ~ "' is not a setting of a funnel: use steps, window_hours, mode or within") }}
        {%- endfor -%}
        {%- set window = funnel.get('window_hours') -%}
        {%- set steps = funnel.steps -%}
        {%- if funnel.get('mode', 'latest_entry') not in ['latest_entry', 'first_entry'] -%}
            {{ exceptions.raise_compiler_error(where ~ "mode is '" ~ funnel.mode ~ "': use latest_entry or first_entry") }}
        {%- elif funnel.get('within', 'person') not in ['person', 'session'] -%}
            {{ exceptions.raise_compiler_error(where ~ "within is '" ~ funnel.within ~ "': use person or session") }}
        {%- elif window is none and funnel.get('within') != 'session' -%}
            {{ exceptions.raise_compiler_error(where ~ "window_hours is missing: add it, such as 168, or set within to session") }}
        {%- elif window is not none and (window is not integer or window is boolean or window < 1 or window > 876600) -%}
            {{ exceptions.raise_compiler_error(where ~ "window_hours is '" ~ window ~ "': use a whole number of hours from 1 to 876600") }}
        {%- elif steps | length < 2 or steps | length > 10 -%}
            {{ exceptions.raise_compiler_error(where ~ "the number of steps is " ~ (steps | length) ~ ": use 2 to 10") }}
        {%- endif -%}
        {%- for step in steps if not modules.re.fullmatch('\\w[\\w -]*', step | string) -%}
            {{ exceptions.raise_compiler_error(where ~ "step '" ~ step ~ "' is not the name of an event: use letters, digits and underscores") }}
        {%- endfor -%}
        {%- for step in steps if steps.count(step) > 1 -%}
            {{ exceptions.raise_compiler_error(where ~ "step '" ~ step ~ "' is repeated: use each event in one step only") }}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = [] -%}
    {%- for name, funnel in given.items() -%}
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
