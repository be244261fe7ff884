{% set paid_goods = 'greatest(orders.paid_amount - orders.shipping_amount, 0)' if var('prices_include_tax') else 'orders.goods_amount' -%}
{%- set customer_emails = 'select customers.email_hash from ' ~ ref('base_shop__customers') ~ ' as customers where customers.email_hash is not null' -%}
{%- set has_email = 'email_hash is not null' if var('guests_with_email_are_customers') else "coalesce(email_hash, '') in (" ~ customer_emails ~ ")" -%}

with ledger as (

    select * from {{ ref('audit_row_ledger') }}

),

orders as (

    select
        *,
        {{ to_reporting('paid_amount') }} as amount

    from {{ ref('base_shop__orders') }}

    where rejection_reason is null or rejection_reason = 'duplicate'

),

median_order as (

    select {{ median('case when rejection_reason is null and amount > 0 then amount end') }} as amount
    from orders

),

shared_order_ids as (

    select
        order_id,
        sum(case when rejection_reason = 'duplicate' then amount else 0 end) as amount

    from orders

    group by order_id

    having
        count(distinct customer_id) > 1
        or count(distinct store_id) > 1
        or count(distinct case when customer_id is null then email_hash end) > 1

),

line_discounts as (

    select
        order_id,
        case when count(list_amount) = count(*) then sum(list_amount) - sum(paid_amount) end as discount_amount

    from {{ ref('stg_shop__order_items') }}

    group by order_id

),

-- before negative ones become 0
discounts as (

    select coalesce(line_discounts.discount_amount, orders.given_gross_amount - {{ paid_goods }}) as discount_amount

    from {{ ref('stg_shop__orders') }} as orders
    left join line_discounts on orders.order_id = line_discounts.order_id

    where orders.given_discount_amount is null

),

known_ids as (

    {% for table, id in [
        ('customers', 'customer_id'),
        ('orders', 'customer_id'),
        ('events', 'customer_id'),
        ('identity_links', 'customer_id'),
        ('identity_links', 'identifier'),
        ('customers', "'person:' || substr(email_hash, 1, 32)"),
        ('orders', "'person:' || substr(email_hash, 1, 32)"),
        ('identity_links', "'person:' || substr(lower(identifier), 1, 32)"),
    ] -%}
    select {{ id }} as customer_id from {{ ref('base_shop__' ~ table) }}
    {{- '\n\n    union\n\n    ' if not loop.last }}
    {%- endfor %}

),

items as (

    select {{ warning_item("case when found.input = 'subscriptions' then 'unknown_consent_' || found.column_name when found.column_name = 'event_name' then 'unknown_event' else 'unknown_' || found.column_name end", 'found.input', 'found.column_name', 'found.value', 'found.rows', 'ledger.rows_accepted', 'found.amount') }}
    from {{ ref('audit_unmapped_values') }} as found
    inner join ledger on found.input = ledger.input
    where found.input in ('orders', 'events', 'subscriptions')

    union all

    select {{ warning_item("case when found.input in ('orders', 'order_items', 'events') then 'rejected_rows' else 'rejected_other_rows' end", 'found.input', none, 'found.reason', 'found.rows', 'ledger.rows_in', 'found.amount') }}
    from {{ ref('audit_rejection_reasons') }} as found
    inner join ledger on found.input = ledger.input

    {% for table in ['orders', 'refunds'] -%}
    union all

    select {{ warning_item('missing_exchange_rate', table, 'currency', 'rejected.currency', all_rows='max(ledger.rows_in)', amount='sum(' ~ row_amount(table) ~ ')') }}
    from {{ ref('base_shop__' ~ table) }} as rejected
    inner join ledger on ledger.input = '{{ table }}'
    where rejected.rejection_reason = 'missing_exchange_rate'
    group by rejected.currency

    {% endfor -%}

    {% for table in input_tables() -%}
    union all

    -- the key of another row of the same load, and other values
    select {{ warning_item('repeated_order' if table == 'orders' else 'repeated_key', table, none, all_rows='max(ledger.rows_in)', amount='sum(duplicates.amount)') }}
    from (
        select
            *,
            {{ row_amount(table) }} as amount
        from {{ ref('base_shop__' ~ table) }}
        where rejection_reason = 'duplicate'
    ) as duplicates
    inner join {{ ref('base_shop__' ~ table) }} as kept on duplicates.row_key = kept.row_key
    inner join ledger on ledger.input = '{{ table }}'
    where
        kept.rejection_reason is null
        and duplicates.loaded_at is not distinct from kept.loaded_at
        and (
            false
            {% for column in contract(table) if column.name not in ['loaded_at', 'phone', 'event_id'] -%}
            {% set name = 'email_hash' if column.name == 'email' else column.name -%}
            or duplicates.{{ name }} is distinct from kept.{{ name }}
            {% endfor -%}
        )

    {% endfor -%}

    union all

    select {{ warning_item('shared_order_id', 'orders', 'order_id', amount='sum(shared_order_ids.amount)') }}
    from shared_order_ids
    inner join ledger on ledger.input = 'orders'

    union all

    select {{ warning_item('no_customer', 'orders', 'customer_id', amount='sum(orders.amount)') }}
    from orders
    inner join ledger on ledger.input = 'orders'
    where orders.rejection_reason is null and orders.customer_id is null and not ({{ has_email }})

    union all

    select {{ warning_item('unmatched_opt_out', 'subscriptions', 'customer_id', rows='count(case when known_ids.customer_id is null then 1 end)', all_rows='count(*)') }}
    from {{ ref('stg_shop__subscriptions') }} as opt_outs
    left join known_ids on opt_outs.customer_id = known_ids.customer_id
    where not opt_outs.is_subscribed

    union all

    select {{ warning_item('negative_discount', 'orders', 'gross_amount', rows='count(case when discount_amount < 0 then 1 end)', all_rows='count(discount_amount)') }}
    from discounts

    {% for table, column in {'orders': 'paid_amount', 'refunds': 'refund_amount'}.items() if not var('max_order_amount') -%}
    union all

    -- without their sum, because they may be phone numbers
    select {{ warning_item('abnormal_amount', table, column, 'cast(max(median_order.amount) as numeric(18, 2))') }}
    from {{ ref('base_shop__' ~ table) }} as accepted
    inner join ledger on ledger.input = '{{ table }}'
    cross join median_order
    where
        accepted.rejection_reason is null
        and (
            {{ to_reporting('accepted.' ~ column) }} > 1000 * median_order.amount
            or (accepted.{{ column }} >= 1000000000 and accepted.{{ column }} % 1000 <> 0 and accepted.{{ column }} % 1 = 0)
        )

    {% endfor -%}

    {% for warning, rows in {
        'damaged_id': 'damaged_values', 'local_time': 'local_values', "case found.column_name when 'loaded_at' then 'unusable_loaded_at' else 'unusable_values' end": 'unusable_values'
    }.items() -%}
    union all

    select {{ warning_item(warning, 'found.input', 'found.column_name', rows='found.' ~ rows, all_rows='found.given_values') }}
    from {{ ref('audit_columns') }} as found

    {% endfor -%}

    union all

    select {{ warning_item('similar_column', 'found.input', mask_personal('found.column_name'), 'found.similar_column', '1', '1') }}
    from {{ ref('input_shop__raw_columns') }} as found
    where found.similar_column is not null

),

final as (

    select
        items.*,
        cast({{ divide_half_up('rows', 'all_rows', 6) }} as numeric(18, 6)) as share

    from items

    where rows > 0

)

select * from final
