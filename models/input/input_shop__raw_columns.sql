-- noqa: disable=LT02
{{ config(alias='raw_columns') }}

{#- Words that say little about the meaning of a column, so that tax and tax_total resemble tax_amount. -#}
{%- set filler = [
    'amount', 'total', 'value', 'cost', 'fee', 'price', 'id', 'no', 'number', 'code', 'at', 'on', 'date', 'time', 'unit', 'method',
    'order', 'customer', 'user', 'buyer', 'billing', 'line',
] -%}
{%- set rows = [] -%}
{%- for table in input_tables() -%}
    {#- after the input views, so a table that stops the run changes nothing here -#}
    {%- do ref('input_shop__' ~ table) -%}
    {%- set handed_over = (var('inputs') or {})[table] -%}
    {%- set relation = ref(project_name, handed_over) if handed_over else none -%}
    {%- set inputs = find_input(table, relation) if execute and flags.WHICH != 'generate' else {'tables': {}} -%}
    {%- for found in inputs.tables.values() -%}
        {%- set kinds, absent = {}, [] -%}
        {%- for part in found.parts -%}
            {%- for name, column in part.columns.items() -%} {%- do kinds.update({name: input_kind(column.type)}) -%} {%- endfor -%}
        {%- endfor -%}
        {%- for name, kind in kinds.items() -%} {%- do rows.append([table, name, kind, none]) -%} {%- endfor -%}
        {%- for column in contract(table) if column.name not in kinds -%}
            {%- set core = column.name.split('_') | reject('in', filler) | sort | join -%}
            {%- do absent.append({'name': column.name, 'letters': column.name | replace('_', ''), 'core': core}) -%}
        {%- endfor -%}
        {%- for extra in found.extra_columns -%}
            {%- set words = modules.re.findall('[a-z0-9]+', extra | lower) -%}
            {%- set letters, core = words | join, words | reject('in', filler + (['address'] if 'email' in words else [])) | sort | join -%}
            {%- set similar = namespace(name=none, likeness=0.75) -%}
            {%- for column in absent -%}
                {#- pairs of neighbouring letters that both names have, as a share of all pairs -#}
                {%- set pairs = modules.re.findall('(?=(..))', letters) -%}
                {%- set own_pairs = modules.re.findall('(?=(..))', column.letters) -%}
                {%- set likeness = 2 * (pairs | select('in', own_pairs) | list | length) / ([pairs | length + own_pairs | length, 1] | max) -%}
                {#- or the same letters in another order, or the same words besides filler -#}
                {%- set is_same = letters | list | sort == column.letters | list | sort or (core and core == column.core) -%}
                {%- set likeness = [likeness, 0.9 if is_same else 0] | max -%}
                {%- if likeness >= similar.likeness -%}
                    {%- set similar.name, similar.likeness = column.name, likeness -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do rows.append([table, extra, none, similar.name]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}

{%- for table, name, kind, similar in rows or [[none, none, none, none]] %}
select
    {%- for column, value in {'input': table, 'column_name': name, 'kind': kind, 'similar_column': similar}.items() %}
    cast({{ dbt.string_literal(dbt.escape_single_quotes(value)) if value else 'null' }} as {{ dbt.type_string() }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{{ 'where 1 = 0' if not rows }}
{{ 'union all' if not loop.last }}
{%- endfor %}
