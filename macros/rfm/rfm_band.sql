{% macro rfm_band(measure, comparison) -%}
    case
        {% for score in [5, 4, 3, 2] -%}
        when measures.{{ measure }} {{ comparison }} bounds.{{ measure }}_{{ score }} then {{ score }}
        {% endfor -%}
        else 1
    end
{%- endmacro %}
