{# The moment of loading from which this run reads an input; none where it must read all of it. Queries get it as a literal,
   with which DuckDB leaves out whole parts of Parquet files. #}
{% macro reads_from(table) -%}
    {{ return(run_query("select reads_from from " ~ run_table('arrivals') ~ " where input = '" ~ table ~ "' and not is_finished").rows[0][0]) }}
{%- endmacro %}
