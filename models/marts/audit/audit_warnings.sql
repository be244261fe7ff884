{#- a number with commas between thousands, and a share as a percentage -#}
{%- set shown = namespace(grouped='cast({} as ' ~ dbt.type_string() ~ ')') -%}
{%- for _ in range(4) -%} {%- set shown.grouped = replace_matches(shown.grouped, '([0-9])([0-9]{3})($|[.,])', '\\1,\\2\\3') -%} {%- endfor -%}
{%- set percent -%}
    case
        when {} < 0.001 then 'under 0.1%'
        when {} = 1 then '100%'
        when {} > 0.999 then 'over 99.9%'
        else cast(cast(100 * {} as numeric(5, 1)) as {{ dbt.type_string() }}) || '%'
    end
{%- endset -%}

with totals as (

    select
        max(reporting_currency) as currency,
        sum({{ to_reporting('paid_amount') }}) as amount

    from {{ ref('base_shop__orders') }}

    where rejection_reason is null

),

-- times without an offset are one warning for all columns
items as (

    select
        warning,
        case when warning <> 'local_time' then input end as input,
        case when warning <> 'local_time' then column_name end as column_name,
        case
            when warning = 'local_time' then input || '.' || column_name
            when warning like 'unknown%' then '"' || substr(item, 1, 40) || '"'
            else item
        end as item,
        rows,
        all_rows,
        amount,
        share,
        case when warning like 'rejected%' and item in ('duplicate', 'erased', 'missing_exchange_rate') then 0 else rows end as judged_rows

    from {{ ref('audit_warning_items') }}

),

described as (

    select
        items.*,
        item || case
            when warning = 'missing_exchange_rate' then ' (' || {{ shown.grouped | replace('{}', 'rows') }} || ', ' || {{ shown.grouped | replace('{}', 'amount') }} || ')'
            when warning like 'unknown%' then ' (' || {{ shown.grouped | replace('{}', 'rows') }} || ')'
            when warning like 'rejected%' or warning = 'local_time'
                then ' (' || {{ shown.grouped | replace('{}', 'rows') }} || ', ' || {{ percent | replace('{}', 'share') }} || ')'
            else ''
        end as details,
        row_number() over (partition by warning, input, column_name order by items.rows desc, {{ binary_collation('items.item') }} asc) as item_rank

    from items

),

summed as (

    select
        warning,
        input,
        column_name,
        sum(rows) as rows,
        case when warning = 'local_time' then sum(all_rows) else max(all_rows) end as all_rows,
        sum(amount) as amount,
        case when warning like 'rejected%' then max(judged_rows) else sum(judged_rows) end as judged_rows,
        concat_ws(
            ', ',
            {% for rank in range(1, 13) -%}
            max(case when item_rank = {{ rank }} and (warning not like 'unknown%' or item_rank <= 3) then details end),
            {% endfor -%}
            case when warning like 'unknown%' and count(*) > 3 then cast(count(*) - 3 as {{ dbt.type_string() }}) || ' more' end
        ) as details

    from described

    group by warning, input, column_name

),

judged as (

    select
        summed.*,
        kinds.position as kind_position,
        kinds.message,
        case when summed.warning in ('unknown_status', 'shared_order_id', 'no_customer') then totals.currency end as currency,
        {{ divide_half_up('summed.rows', 'summed.all_rows', 6) }} as share,
        case
            when
                {{ divide_half_up('summed.judged_rows', 'summed.all_rows', 6) }} > kinds.minimum_share
                or (summed.warning = 'unknown_status' and summed.amount > kinds.minimum_share * totals.amount)
                then 'warning'
            when summed.warning like 'rejected%' or summed.warning in ('unknown_status', 'missing_exchange_rate', 'unmatched_opt_out') then 'note'
        end as severity

    from summed
    inner join {{ ref('warnings') }} as kinds on summed.warning = kinds.warning
    cross join totals

),

filled as (

    select
        judged.*,
        concat_ws('.', input, column_name) as subject,
        {% set text = namespace(sql='message') -%}
        {% for name, value in {
            'input': 'input',
            'rows': shown.grouped | replace('{}', 'rows'),
            'all_rows': shown.grouped | replace('{}', 'all_rows'),
            'share': percent | replace('{}', 'share'),
            'amount': "case when amount <> 0 then ', ' || " ~ shown.grouped | replace('{}', 'amount') ~ " || coalesce(' ' || currency, '') end",
            'details': 'details',
            'setting': "case warning when 'local_time' then '" ~ var('shop_timezone') ~ "' else '" ~ var('prices_include_tax') | lower ~ "' end",
            'other_setting': "'" ~ (not var('prices_include_tax')) | lower ~ "'",
        }.items() -%}
        {% set text.sql = "replace(" ~ text.sql ~ ", '{" ~ name ~ "}', coalesce(" ~ value ~ ", ''))" -%}
        {% endfor -%}
        {{ text.sql }} as sentence

    from judged

    where severity is not null

),

final as (

    select
        cast(row_number() over (order by severity desc, kind_position asc, share desc, subject asc) as integer) as position,
        severity,
        warning,
        input,
        column_name,
        cast(rows as bigint) as rows,
        cast(share as numeric(18, 6)) as share,
        cast(amount as numeric(18, 2)) as amount,
        currency,
        concat_ws(': ', nullif(subject, ''), sentence) as message

    from filled

)

select * from final
