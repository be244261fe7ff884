{# The relation of a model that only the rows to redo depend on. Unit tests, which redo nothing, need not give its rows. #}
{% macro depends_on(model_name) -%}
    {%- if model.resource_type != 'unit_test' -%} {{ return(ref(model_name)) }} {%- endif -%}
{%- endmacro %}
