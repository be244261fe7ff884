{# Text with email addresses, phone numbers, IBANs and numbers of cards and Chinese ID cards masked; text without any is unchanged.
   is_word: null instead. is_page: first cut at ? and #, because parameters hold tokens and names. Most texts only pass one pattern. #}
{% macro mask_personal(text, is_word=false, is_page=false) -%}
    {%- if is_page -%} {%- set text = "nullif(split_part(split_part(" ~ text ~ ", '?', 1), '#', 1), '')" -%} {%- endif -%}
    {%- set wide = '０１２３４５６７８９（）＋－–‐‑·．＠﹫％，；：。、\u00a0\u3000' -%}
    {%- set narrow = "translate(" ~ text ~ ", '" ~ wide ~ "', '0123456789()+----..@@%,;:..  ')" -%}

    {%- set number, edge, any = pattern('checked_number'), '[^0-9A-Za-z]', '(?:.|\n)*' -%}
    {%- set last = replace_matches(narrow, '^(' ~ any ~ edge ~ ')?(' ~ number ~ ')(' ~ edge ~ any ~ ')?$', '\\2') -%}
    {%- set last = replace_matches(last, '[ .-]', '') -%}
    {#- Luhn: of each pair of digits the first counts twice, and 1 more from 5 on (10 is 1, 12 is 3); no card has the other numbers
        of 18 digits -#}
    {%- set padded = "lpad(" ~ replace_matches(last, '^[1-37-9].{17}$', '1') ~ ", 20, '0')" -%}
    {%- set card = replace_matches(replace_matches(padded, '(.)(.)', 'd\\1\\1\\2'), 'd([5-9])', '1\\1') -%}
    {#- ISO 7064 MOD 11-2: each digit as often as it counts, in two steps because a pattern has at most nine groups; only a number of
        18 digits gets an e -#}
    {%- set id_card = namespace(digits=last) -%}
    {%- for weights in [[7, 9, 10, 5, 8, 4, 2, 1], [6, 3, 7, 9, 10, 5, 8, 4, 2]] -%}
        {%- set weighted = [] -%}
        {%- for weight in weights -%} {%- do weighted.append(('\\' ~ loop.index) * weight) -%} {%- endfor -%}
        {%- set id_card.digits = replace_matches(
            id_card.digits,
            '^' ~ '(.)' * weights | length ~ ('(.{10})$' if loop.first else ''),
            ('\\9' ~ weighted | join ~ 'e') if loop.first else weighted | join
        ) -%}
    {%- endfor -%}
    {#- sums of digits in unary: 1, 2, 4 or 8 letters for each power of two in a digit; X counts 10 -#}
    {%- set sums = [] -%}
    {%- for digits in [card, replace_matches(id_card.digits, '[Xx]', '91')] -%}
        {%- set sum = namespace(letters=digits) -%}
        {%- for power, with_power in {1: '13579', 2: '2367', 4: '4567', 8: '89'}.items() -%}
            {%- set sum.letters = replace_matches(sum.letters, '([' ~ with_power ~ '])', '\\1' ~ 'x' * power) -%}
        {%- endfor -%}
        {%- do sums.append(sum.letters) -%}
    {%- endfor -%}

    {%- set masked = namespace(text=narrow) -%}
    {#- twice, because two matches cannot share the character between them -#}
    {%- for _ in range(0 if is_word else 2) -%}
        {%- set masked.text = replace_matches(masked.text, pattern('personal'), '\\1\\3\\5\\7***\\2\\4\\6\\8') -%}
    {%- endfor -%}
    {%- set may_be_personal = adapter.dispatch('matches')(text, pattern('personal') ~ '|[０-９＠﹫％]|[（＋][0-9]|[0-9][）－–‐‑·\u00a0]') -%}
    {#- null takes the last branch, because DuckDB evaluates the long expressions slowly for null -#}
    case
        when {{ may_be_personal }} then
            case
                when
                    {{ adapter.dispatch('matches')(narrow, pattern('unchecked')) }}
                    or {{ regexp_full_match(sums[0], '(([0-9d]*x){10})*[0-9d]*') }}
                    or {{ regexp_full_match(sums[1], '(([0-9]*x){11})*[0-9]*x[0-9]*e') }}
                    then {{ 'null' if is_word else masked.text }}
                else {{ text }}
            end
        else {{ text }}
    end
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    {{ text }} ~ '{{ pattern }}'
{%- endmacro %}

{# DuckDB evaluates regexp_replace once per distinct value of a column chunk, but regexp_matches once per row. #}
{% macro duckdb__matches(text, pattern) -%}
    (regexp_replace({{ text }}, '{{ pattern }}', '') <> {{ text }})
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    {{ text }} rlike '{{ pattern }}'
{%- endmacro %}
