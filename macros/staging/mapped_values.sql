{#
CTE <name>_values: each value of a column (raw_value), whether a mapping seed has it (is_mapped), and its mapped_value.
The seed has it in lower case, with underscores for spaces and hyphens, half-width characters and without a prefix.
Mapping the distinct values takes a third of the time of mapping each row.
#}
{% macro mapped_values(relation, column, seed, mapped, name=none) -%}
{%- set name = name or column -%}
{%- set wide = 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９' -%}
{%- set narrow = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789' -%}
{%- set word = "replace(translate(lower(" ~ column ~ "), ' -–，（）　－＿" ~ wide ~ "', '___,()___" ~ narrow ~ "'), '___', '_')" -%}
{%- if seed == 'order_status_mapping' -%}
    {%- set word = "regexp_replace(" ~ word ~ ", '^wc_', '')" -%}
{%- endif -%}
{{ name }}_words as (

    select
        {{ column }} as raw_value,
        {{ word }} as word

    from {{ relation }}

    where {{ column }} is not null

    group by {{ column }}

),

{{ name }}_values as (

    select
        words.raw_value,
        -- the text null is a missing value too; dbt reads it in a seed as an empty cell
        mapping.word is not null or words.word = 'null' as is_mapped,
        nullif(mapping.{{ mapped }}, '') as mapped_value

    from {{ name }}_words as words
    left join {{ ref(seed) }} as mapping on words.word = mapping.word

)
{%- endmacro %}
