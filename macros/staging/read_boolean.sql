{% macro read_boolean(column) -%}
    case
        when lower({{ read_text(column) }}) in ('true', 't', 'yes', 'y', '1', '是') then true
        when lower({{ read_text(column) }}) in ('false', 'f', 'no', 'n', '0', '否') then false
    end
{%- endmacro %}
