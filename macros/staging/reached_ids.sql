{# CTE reached: all pairs of ids connected by any number of edges (from_id, to_id, is_later), once with and once without later
   edges; start has the first edges. Cycles terminate. #}
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

{# Recursion on Spark supports only union all, so each path keeps its visited ids. #}
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
