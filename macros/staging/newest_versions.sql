{# Last CTEs of every base model, from a CTE checked (parsed columns, raw_columns(), row_key, is_repeated, validation_error and, if
   rows can be erased, is_erased). Negative optional amounts and impossible times become null. The latest valid row per key is
   kept, the others are duplicates; order lines without a number have no key, so of several loads the newest counts as a whole.
   email is kept as a hash only, phone not at all; row_key of events already contains event_id. erased: columns set to null for erased
   rows, or 'row' for all except loaded_at. #}
{% macro newest_versions(table, extra_columns=[], erased=[]) -%}
{%- set columns, usable, changes = ['row_key'], {}, [] -%}
{%- for name in contract(table) | map(attribute='name') | list + extra_columns if name not in ['phone', 'event_id'] -%} {%- do columns.append('email_hash' if name == 'email' else name) -%} {%- endfor -%}
{%- for column in contract(table) if not column.is_required and (column.data_type != 'text' or column.name in ['customer_id', 'visitor_id', 'email']) -%}
    {%- set name, kind = column.name, 'impossible' if column.name == 'birth_date' else {'decimal': 'negative', 'timestamp': 'impossible'}.get(column.data_type) -%}
    {%- set parsed, problem = ('email_hash' if name == 'email' else name), ('placeholder' if column.data_type == 'text' else 'unreadable') -%}
    {%- set change = "when " ~ parsed ~ " is null and raw_" ~ name ~ " is not null then '" ~ problem ~ ":" ~ name ~ "'" -%}
    {%- if kind -%} {%- do usable.update({name: name ~ ' >= 0' if kind == 'negative' else is_possible_time(name)}) -%} {%- set change = change ~ " when not (" ~ usable[name] ~ ") then '" ~ kind ~ ":" ~ name ~ "'" -%} {%- endif -%}
    {%- do changes.append('case ' ~ change ~ ' end') -%}
{%- endfor -%}
{%- set is_older = "row_number() over (partition by row_key order by loaded_at desc nulls last, " ~ binary_collation('content_hash') ~ " desc) > 1" -%}
{%- set is_of_older_load = "rank() over (partition by order_id, line_number order by loaded_at desc nulls last) > 1" -%}
{%- set is_duplicate = is_older if table != 'order_items' else "case when line_number is null then " ~ is_of_older_load ~ " else " ~ is_older ~ " end" -%}
{%- set masked_row = "case when raw_ids is not null then '{' || concat_ws(',', nullif(raw_ids, ''), nullif(" ~ mask_personal('raw_values') ~ ", '')) || '}' end" -%}
recorded as (

    -- raw content of all rows would take most of the run time, so it is written only for rows that are or may be rejected
    select
        {%- for column in columns %}
        {%- set is_erasable = column in erased or (erased == 'row' and column != 'loaded_at') %}
        {%- set branches = ('when is_erased then null ' if is_erasable else '') ~ ('when ' ~ usable[column] ~ ' then ' ~ column if column in usable else '') %}
        {{ 'case ' ~ branches ~ (' else ' ~ column if column not in usable else '') ~ ' end as ' if branches }}{{ column }},
        {%- endfor %}
        nullif(concat_ws(',', {{ changes | join(', ') if changes else "''" }}), '') as changed_values,
        is_repeated, validation_error,
        case when is_repeated then {{ content_hash(table, 'raw_') }} end as content_hash,
        {%- for part, members in raw_row(table).items() %}
        case {{ 'when is_erased then null' if erased }} when validation_error is not null or is_repeated then {{ members }} end as raw_{{ part }}{{ ',' if not loop.last }}
        {%- endfor %}

    from checked

),

numbered as (

    select *, validation_error as rejection_reason from recorded where validation_error is not null or not is_repeated

    union all

    select *, case when {{ is_duplicate }} then 'duplicate' end as rejection_reason from recorded where validation_error is null and is_repeated

),

final as (

    select
        {{ columns | join(',\n        ') }},
        changed_values, rejection_reason,
        case when rejection_reason is not null then {{ masked_row }} end as raw_row

    from numbered

)
{%- endmacro %}
