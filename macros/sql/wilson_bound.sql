{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z, n = '1.959963984540054e0', 'cast(' ~ trials ~ ' as ' ~ type_double() ~ ')' -%}
    (
        2 * {{ successes }} + {{ z }} * {{ z }}
        {{ sign }} {{ z }} * sqrt({{ z }} * {{ z }} + 4 * {{ successes }} * (1 - {{ successes }} / nullif({{ n }}, 0)))
    ) / (2 * ({{ n }} + {{ z }} * {{ z }}))
{%- endmacro %}
