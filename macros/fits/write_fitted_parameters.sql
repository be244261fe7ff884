{# Called by customer-analytics fit: replaces all fitted parameters in their table. #}
{% macro write_fitted_parameters(rows) -%}
    {%- set values -%}
        {%- for row in rows %}
        (
            '{{ row.model }}', cast('{{ row.trained_through }}' as date), '{{ dbt.escape_single_quotes(row.parameter) }}',
            cast('{{ row.value }}' as {{ type_double() }}), {{ row.customers }},
            cast({{ "'" ~ row.log_likelihood ~ "'" if row.log_likelihood else 'null' }} as {{ type_double() }}),
            {{ row.is_identified }}
        ){{ ',' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- do adapter.dispatch('replace_rows')(fitted_parameters_relation(), values) -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{% macro default__replace_rows(table, values) %}
    {%- call statement() -%}
        delete from {{ table }}
    {%- endcall -%}
    {%- call statement() -%}
        insert into {{ table }} values {{ values }}
    {%- endcall -%}
{% endmacro %}

{# Spark cannot delete rows from Parquet tables. #}
{% macro spark__replace_rows(table, values) %}
    {%- call statement() -%}
        insert overwrite {{ table }} values {{ values }}
    {%- endcall -%}
{% endmacro %}
