{# The last steps of every base model, from a CTE checked (typed columns, raw_content, row_key, is_repeated, fault):
   of the good rows of a key the newest stays, the others are duplicates. Adds rejection_reason and raw_row.
   Where is_hidden holds, hidden_columns (default: all but loaded_at) are left empty, and so is raw_row. #}
{% macro newest_versions(table, extra_columns=[], is_hidden="fault = 'erased'", hidden_columns=none) -%}
{%- set kept = (staged_columns(table) + extra_columns + ['row_key']) | join(',\n        ') -%}
recorded as (

    -- the raw content of all rows would cost most of the run: it is written out only where a row is or may be rejected
    select
        {{ hide(staged_columns(table) + extra_columns, is_hidden, hidden_columns) }},
        row_key,
        {{ changed_values(table) }} as changed_values,
        is_repeated,
        fault,
        case when is_repeated then {{ content_hash(table, '(raw_content).') }} end as content_hash,
        case
            when {{ is_hidden }} then null
            when fault is not null or is_repeated then {{ raw_row(table) }}
        end as raw_row

    from checked

),

versions as (

    select
        recorded.*,
        row_number() over (
            partition by row_key order by loaded_at desc nulls last, {{ byte_order('content_hash') }} desc
        ) as version

    from recorded

    where fault is null and is_repeated

),

final as (

    select
        {{ kept }},
        changed_values,
        fault as rejection_reason,
        raw_row

    from recorded

    where fault is not null or not is_repeated

    union all

    select
        {{ kept }},
        changed_values,
        case when version > 1 then 'duplicate' end as rejection_reason,
        case when version > 1 then raw_row end as raw_row

    from versions

)
{%- endmacro %}
