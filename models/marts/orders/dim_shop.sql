{% set inputs = [
    ('orders', shop_date('base.ordered_at')),
    ('events', shop_date('base.occurred_at')),
    ('refunds', shop_date('base.refunded_at')),
    ('customers', shop_date('base.registered_at')),
    ('identity_links', shop_date('base.linked_at')),
    ('reviews', shop_date('base.created_at')),
    ('support_tickets', shop_date('base.opened_at')),
    ('nps_responses', shop_date('base.responded_at')),
    ('point_transactions', shop_date('base.occurred_at')),
    ('subscriptions', shop_date('base.changed_at')),
    ('campaigns', shop_date('base.starts_at')),
    ('campaign_sends', shop_date('base.sent_at')),
    ('ad_spend', 'base.spend_date'),
    ('exchange_rates', 'base.rate_date'),
] -%}

with as_of as (

    select * from {{ ref('int_as_of') }}

),

currency as (

    select max(reporting_currency) as reporting_currency from {{ ref('base_shop__orders') }}

),

-- also rejected rows and those after as_of_date, as for consents
consents as (

    select count(*) > 0 as has_subscriptions from {{ ref('base_shop__subscriptions') }}

),

{% for input, day in inputs -%}
{{ input }} as (

    select
        min({{ day }}) as first_date,
        max({{ day }}) as last_date

    from {{ ref('base_shop__' ~ input) }} as base
    cross join as_of

    where base.rejection_reason is null and {{ day }} <= as_of.as_of_date

),

{% endfor -%}
final as (

    select
        as_of.as_of_date,
        currency.reporting_currency,
        {% for input, _ in inputs -%}
        {{ input }}.first_date as {{ input }}_first_date,
        {{ input }}.last_date as {{ input }}_last_date,
        {% endfor -%}
        cast('{{ var("shop_timezone") }}' as {{ dbt.type_string() }}) as timezone,
        consents.has_subscriptions

    from as_of
    cross join currency
    cross join consents
    {% for input, _ in inputs -%}
    cross join {{ input }}
    {% endfor %}

)

select * from final
