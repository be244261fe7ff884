{# The CTE reached: all ids that lead from one to another over any number of edges (from_id, to_id, is_later), each way
   once for whether it needs a later edge; start holds the first edges. Ends in circles, too. #}
{% macro reached_ids(start, edges) -%}
    {{ return(adapter.dispatch('reached_ids')(start, edges)) }}
{%- endmacro %}

{% macro default__reached_ids(start, edges) -%}
reached as (

    select
        from_id,
        to_id,
        is_later

    from {{ start }}

    union

    select
        reached.from_id,
        edges.to_id,
        greatest(reached.is_later, edges.is_later) as is_later

    from reached
    inner join {{ edges }} as edges on reached.to_id = edges.from_id

)
{%- endmacro %}

{# Spark's recursion knows no union without all: each way remembers where it has been instead. #}
{% macro spark__reached_ids(start, edges) -%}
reached as (

    select
        from_id,
        to_id,
        is_later,
        array(to_id) as visited

    from {{ start }}

    union all

    select
        reached.from_id,
        edges.to_id,
        greatest(reached.is_later, edges.is_later) as is_later,
        array_append(reached.visited, edges.to_id) as visited

    from reached
    inner join {{ edges }} as edges on reached.to_id = edges.from_id

    where not array_contains(reached.visited, edges.to_id)

)
{%- endmacro %}
