-- one row per event; an event about several products has one row per product
with nested as (

    select
        event_timestamp,
        event_name,
        user_pseudo_id,
        user_id,
        platform,
        event_bundle_sequence_id,
        batch_page_id,
        batch_ordering_id,
        batch_event_index,
        device ->> '$.category' as device_category,
        ecommerce ->> '$.transaction_id' as transaction_id,
        collected_traffic_source as collected,
        traffic_source as first_touch,
        list_transform(
            from_json(items, '[{"item_id": "VARCHAR", "item_name": "VARCHAR"}]'),
            lambda item: coalesce(nullif(item.item_id, '(not set)'), item.item_name)
        ) as products,
        -- some exports hold the list in an object of its own
        from_json(
            coalesce(event_params -> '$.event_params', event_params),
            '[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR", "float_value": "VARCHAR", "double_value": "VARCHAR"}}]'
        ) as params
    from nested_events

),

keyed as (

    select
        'nested' as layout,
        * exclude (params, collected, first_touch),
        collected ->> '$.manual_source' as collected_source,
        collected ->> '$.manual_medium' as collected_medium,
        collected ->> '$.manual_campaign_name' as collected_campaign,
        collected ->> '$.gclid' as collected_gclid,
        first_touch ->> '$.source' as first_source,
        first_touch ->> '$.medium' as first_medium,
        first_touch ->> '$.name' as first_campaign,
        list_transform(params, lambda param: param.key) as keys,
        list_transform(
            params,
            lambda param: coalesce(
                nullif(param.value.string_value, ''), param.value.int_value, param.value.double_value, param.value.float_value
            )
        ) as given
    from nested

),

numbered as (

    select
        *,
        -- some exports leave the event's own columns empty in all rows but its first
        case
            when bool_or(event_timestamp is null) over (partition by file_number)
                then count(event_timestamp) over (partition by file_number order by row_number)
        end as event_number
    from parameter_rows

),

collected_rows as (

    select
        'parameter rows' as layout,
        max(event_timestamp) as event_timestamp,
        max(event_name) as event_name,
        max(user_pseudo_id) as user_pseudo_id,
        max(user_id) as user_id,
        max(platform) as platform,
        max(event_bundle_sequence_id) as event_bundle_sequence_id,
        max(batch_page_id) as batch_page_id,
        max(batch_ordering_id) as batch_ordering_id,
        max(batch_event_index) as batch_event_index,
        max("device.category") as device_category,
        max("ecommerce.transaction_id") as transaction_id,
        max("collected_traffic_source.manual_source") as collected_source,
        max("collected_traffic_source.manual_medium") as collected_medium,
        max("collected_traffic_source.manual_campaign_name") as collected_campaign,
        max("collected_traffic_source.gclid") as collected_gclid,
        max("traffic_source.source") as first_source,
        max("traffic_source.medium") as first_medium,
        max("traffic_source.name") as first_campaign,
        list(coalesce(nullif("items.item_id", '(not set)'), "items.item_name")) as products,
        list("event_params.key") as keys,
        list(
            coalesce(
                "event_params.value.string_value", "event_params.value.int_value",
                "event_params.value.double_value", "event_params.value.float_value"
            )
        ) as given
    from numbered
    group by
        file_number,
        event_number,
        case
            when event_number is null
                then concat_ws(
                    '|', event_timestamp, event_name, user_pseudo_id, event_bundle_sequence_id,
                    batch_page_id, batch_ordering_id, batch_event_index
                )
        end

),

with_parameters as (

    select * from keyed

    union all by name

    select * from collected_rows

),

events as (

    select
        layout,
        event_timestamp,
        event_name,
        user_pseudo_id,
        user_id,
        platform,
        event_bundle_sequence_id,
        batch_page_id,
        batch_ordering_id,
        batch_event_index,
        device_category,
        coalesce(transaction_id, given[list_position(keys, 'transaction_id')]) as transaction_id,
        collected_source,
        collected_medium,
        collected_campaign,
        nullif(coalesce(collected_gclid, given[list_position(keys, 'gclid')]), '') as gclid,
        first_source,
        first_medium,
        first_campaign,
        given[list_position(keys, 'source')] as param_source,
        given[list_position(keys, 'medium')] as param_medium,
        given[list_position(keys, 'campaign')] as param_campaign,
        given[list_position(keys, 'ga_session_id')] as ga_session_id,
        given[list_position(keys, 'ga_session_number')] as ga_session_number,
        coalesce(
            given[list_position(keys, 'page_location')], given[list_position(keys, 'firebase_screen')],
            given[list_position(keys, 'firebase_screen_class')]
        ) as page,
        products
    from with_parameters

    union all

    select
        'flat' as layout,
        event_timestamp,
        event_name,
        user_pseudo_id,
        user_id,
        platform,
        event_bundle_sequence_id,
        batch_page_id,
        batch_ordering_id,
        batch_event_index,
        coalesce("device.category", device_category),
        coalesce("ecommerce.transaction_id", ecommerce_transaction_id, transaction_id),
        coalesce("collected_traffic_source.manual_source", collected_traffic_source_manual_source),
        coalesce("collected_traffic_source.manual_medium", collected_traffic_source_manual_medium),
        coalesce("collected_traffic_source.manual_campaign_name", collected_traffic_source_manual_campaign_name),
        coalesce("collected_traffic_source.gclid", collected_traffic_source_gclid, gclid),
        coalesce("traffic_source.source", traffic_source_source),
        coalesce("traffic_source.medium", traffic_source_medium),
        coalesce("traffic_source.name", traffic_source_name),
        "source",
        medium,
        campaign,
        ga_session_id,
        ga_session_number,
        coalesce(page_location, firebase_screen, firebase_screen_class),
        [coalesce(nullif(item_id, '(not set)'), item_name)]
    from flat_events

),

described as (

    select
        *,
        user_pseudo_id || '-' || ga_session_id as session_id,
        -- Google Ads clicks without tags are recorded as organic
        gclid is not null and coalesce(collected_medium, param_medium, 'organic') in ('organic', 'referral', '(none)') as is_ad_click,
        -- a parameter named source without a medium is one of the shop's own
        case
            when collected_source is not null then collected_source
            when param_medium is not null then param_source
        end as collected_or_param_source
    from events

),

attributed as (

    select
        * exclude (collected_or_param_source),
        case when is_ad_click then 'google' else collected_or_param_source end as event_source,
        case
            when is_ad_click then 'cpc'
            when collected_source is not null then collected_medium
            when collected_or_param_source is not null then param_medium
        end as event_medium,
        case
            when is_ad_click then nullif(coalesce(collected_campaign, param_campaign), '(organic)')
            when collected_source is not null then collected_campaign
            when collected_or_param_source is not null then param_campaign
        end as event_campaign
    from described

),

sessions as (

    select
        layout,
        session_id,
        bool_or(event_source is not null) as has_source,
        bool_or(event_name in ('first_visit', 'first_open') or ga_session_number = '1') as is_first
    from attributed
    where session_id is not null
    group by layout, session_id

),

known as (

    select
        layout,
        bool_or(has_source) as has_sources
    from sessions
    group by layout

),

sourced as (

    select
        attributed.*,
        -- a session without a source is direct, unless the export has no sources of sessions at all
        known.has_sources and not sessions.has_source as is_direct,
        not known.has_sources and sessions.is_first as is_first_touch
    from attributed
    left join known on attributed.layout = known.layout
    left join sessions on attributed.layout = sessions.layout and attributed.session_id = sessions.session_id

)

select
    case
        when batch_event_index is not null
            then md5(concat_ws(
                '|', user_pseudo_id, user_id, event_timestamp, event_name, event_bundle_sequence_id,
                batch_page_id, batch_ordering_id, batch_event_index, product_id
            ))
    end as event_id,
    case
        when regexp_full_match(event_timestamp, '[0-9]{1,18}([.]0+)?')
            then strftime(make_timestamp(cast(split_part(event_timestamp, '.', 1) as bigint)), '%Y-%m-%dT%H:%M:%S.%fZ')
        when regexp_full_match(event_timestamp, '.*:[0-9]{2}([.][0-9]+)?') then event_timestamp || 'Z'
        else event_timestamp
    end as occurred_at,
    event_name,
    user_pseudo_id as visitor_id,
    user_id as customer_id,
    session_id,
    product_id,
    nullif(transaction_id, '(not set)') as order_id,
    platform as channel,
    device_category as device,
    case when is_direct then '(direct)' when is_first_touch then first_source else event_source end as source,
    case when is_direct then '(none)' when is_first_touch then first_medium else event_medium end as medium,
    case when is_first_touch then first_campaign else event_campaign end as campaign,
    page
from (
    select
        *,
        unnest(
            case
                when event_name in ('view_item', 'add_to_cart', 'remove_from_cart', 'add_to_wishlist')
                    and len(list_filter(products, lambda product: product is not null and product <> '(not set)')) > 0
                    then list_sort(list_distinct(list_filter(products, lambda product: product <> '(not set)')))
                else [null]
            end
        ) as product_id
    from sourced
) as events_of_products
