{% macro rfm_schemes() -%}
    {{ return(['value_tier', 'lifecycle_segment', 'behaviour_segment', 'rfm_8', 'rfm_11']) }}
{%- endmacro %}
