-- Each event of a common tracker that has a canonical event is mapped, in the spelling of its exports.
{% set systems = {
    'GA4': {
        'view_page': ['page_view', 'screen_view'],
        'view_category': ['view_item_list'],
        'search': ['search', 'view_search_results'],
        'view_product': ['view_item'],
        'add_to_cart': ['add_to_cart'],
        'remove_from_cart': ['remove_from_cart'],
        'view_cart': ['view_cart'],
        'add_to_wishlist': ['add_to_wishlist'],
        'begin_checkout': ['begin_checkout', 'add_shipping_info'],
        'add_payment_info': ['add_payment_info'],
        'pay': ['purchase', 'in_app_purchase', 'ecommerce_purchase'],
        'login': ['login'],
        'register': ['sign_up'],
        'share': ['share'],
    },
    'Segment': {
        'view_category': ['Product List Viewed', 'Product List Filtered'],
        'search': ['Products Searched'],
        'view_product': ['Product Viewed'],
        'add_to_cart': ['Product Added', 'Wishlist Product Added to Cart'],
        'remove_from_cart': ['Product Removed'],
        'view_cart': ['Cart Viewed'],
        'add_to_wishlist': ['Product Added to Wishlist'],
        'begin_checkout': ['Checkout Started', 'Checkout Step Viewed', 'Checkout Step Completed'],
        'add_payment_info': ['Payment Info Entered'],
        'pay': ['Order Completed'],
        'login': ['Signed In'],
        'register': ['Signed Up'],
        'share': ['Product Shared', 'Cart Shared'],
        'review': ['Product Reviewed'],
    },
    'Snowplow': {
        'view_page': ['page_view', 'screen_view'],
        'view_category': ['list_view'],
        'view_product': ['product_view'],
        'add_to_cart': ['add_to_cart'],
        'remove_from_cart': ['remove_from_cart'],
        'begin_checkout': ['checkout_step'],
        'pay': ['transaction'],
        'payment_failed': ['trns_error'],
    },
    'Shopify pixel': {
        'view_page': ['page_viewed'],
        'view_category': ['collection_viewed'],
        'search': ['search_submitted'],
        'view_product': ['product_viewed'],
        'add_to_cart': ['product_added_to_cart'],
        'remove_from_cart': ['product_removed_from_cart'],
        'view_cart': ['cart_viewed'],
        'begin_checkout': [
            'checkout_started', 'checkout_contact_info_submitted', 'checkout_address_info_submitted',
            'checkout_shipping_info_submitted',
        ],
        'add_payment_info': ['payment_info_submitted'],
        'pay': ['checkout_completed'],
    },
    'Matomo': {
        'view_page': ['action'],
        'search': ['search'],
        'add_to_cart': ['ecommerceAbandonedCart'],
        'pay': ['ecommerceOrder'],
    },
} -%}

with cases as (

    {% for system, events in systems.items() -%}
    {% for expected, words in events.items() -%}
    {% for word in words -%}
    select
        '{{ system }}' as system,
        '{{ word }}' as given,
        '{{ expected }}' as expected

    union all

    {% endfor -%}
    {% endfor -%}
    {% endfor -%}
    select
        cast(null as {{ dbt.type_string() }}) as system,
        cast(null as {{ dbt.type_string() }}) as given,
        cast(null as {{ dbt.type_string() }}) as expected

),

{{ mapped_values('cases', 'given', 'event_mapping', 'event') }},

final as (

    select
        cases.*,
        given_values.mapped_value

    from cases
    left join given_values on cases.given = given_values.raw_value

)

select * from final
where mapped_value is distinct from expected
