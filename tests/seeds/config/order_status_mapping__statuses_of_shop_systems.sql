-- Each status of a common shop system is mapped, in the spelling of its exports.
{% set systems = {
    'Shopify': {
        'placed': ['PENDING', 'authorized'],
        'paid': ['paid', 'Partially paid', 'PARTIALLY_REFUNDED', 'unfulfilled', 'IN_PROGRESS', 'Pending fulfillment'],
        'shipped': ['partial', 'Partially fulfilled'],
        'completed': ['fulfilled'],
        'cancelled': ['voided', 'Expired', 'restocked'],
        'refunded': ['refunded'],
    },
    'WooCommerce': {
        'placed': ['wc-pending', 'Pending payment', 'wc-on-hold', 'On hold', 'wc-checkout-draft', 'draft', 'auto-draft'],
        'paid': ['wc-processing', 'Processing'],
        'completed': ['wc-completed'],
        'cancelled': ['wc-cancelled', 'wc-failed', 'trash'],
        'refunded': ['wc-refunded'],
    },
    'Magento': {
        'placed': ['pending', 'pending_payment', 'payment_review', 'holded', 'pending_paypal'],
        'paid': ['processing', 'paypal_canceled_reversal', 'paypay_canceled_reversal'],
        'completed': ['complete'],
        'cancelled': ['canceled', 'fraud', 'Suspected Fraud'],
        'refunded': ['closed', 'paypal_reversed'],
    },
    'BigCommerce': {
        'placed': ['Incomplete', 'Pending', 'Awaiting Payment', 'Manual Verification Required'],
        'paid': ['Awaiting Fulfillment', 'Awaiting Shipment', 'Awaiting Pickup', 'Disputed', 'Partially Refunded'],
        'shipped': ['Shipped', 'Partially Shipped'],
        'completed': ['Completed'],
        'cancelled': ['Cancelled', 'Declined'],
        'refunded': ['Refunded'],
    },
    'PrestaShop': {
        'placed': [
            'Awaiting check payment', 'Awaiting bank wire payment', 'Awaiting Cash On Delivery validation',
            'On backorder (not paid)', 'Waiting for payment', 'Authorized. To be captured by merchant',
            'En attente du paiement par chèque', 'En attente de virement bancaire', 'En attente de paiement à la livraison',
            'En attente de réapprovisionnement (non payé)',
        ],
        'paid': [
            'Payment accepted', 'Remote payment accepted', 'Processing in progress', 'On backorder (paid)',
            'Partial payment', 'Partial refund', 'Paiement accepté', 'Paiement à distance accepté',
            'En cours de préparation', 'En attente de réapprovisionnement (payé)', 'Remboursement partiel',
        ],
        'shipped': ['Shipped', 'Expédié'],
        'completed': ['Delivered', 'Livré'],
        'cancelled': ['Canceled', 'Payment error', 'Annulé', 'Erreur de paiement'],
        'refunded': ['Refunded', 'Remboursé'],
    },
    'Olist': {
        'placed': ['created'],
        'paid': ['approved', 'invoiced', 'processing'],
        'shipped': ['shipped'],
        'completed': ['delivered'],
        'cancelled': ['unavailable', 'canceled'],
    },
    'Amazon': {
        'placed': ['Pending', 'PendingAvailability'],
        'paid': ['Unshipped', 'Pending - Waiting for Pick Up', 'Payment Complete'],
        'shipped': [
            'PartiallyShipped', 'Shipped', 'InvoiceUnconfirmed', 'Shipping', 'Shipped - Picked Up',
            'Shipped - Out for Delivery', 'Shipped - Lost in Transit', 'Shipped - Damaged',
        ],
        'completed': ['Shipped - Delivered to Buyer'],
        'cancelled': ['Canceled', 'Cancelled', 'Unfulfillable'],
        'refunded': ['Shipped - Returned to Seller', 'Shipped - Returning to Seller', 'Shipped - Rejected by Buyer'],
    },
    'Taobao': {
        'placed': ['TRADE_NO_CREATE_PAY', 'WAIT_BUYER_PAY', 'PAY_PENDING', '等待买家付款', '待付款'],
        'paid': [
            'WAIT_SELLER_SEND_GOODS', 'PAID_FORBID_CONSIGN', '买家已付款，等待卖家发货', '买家已付款,等待卖家发货', '等待卖家发货', '待发货', '退款中', '售后中',
        ],
        'shipped': [
            'SELLER_CONSIGNED_PART', 'WAIT_BUYER_CONFIRM_GOODS', '卖家部分发货', '卖家已发货，等待买家确认', '卖家已发货', '等待买家确认收货', '已发货',
        ],
        'completed': ['TRADE_BUYER_SIGNED', 'TRADE_FINISHED', '交易成功', '已完成'],
        'cancelled': ['TRADE_CLOSED_BY_TAOBAO', '交易被淘宝关闭', '交易关闭', '已取消'],
        'refunded': ['TRADE_CLOSED', '退款成功'],
    },
    'JD': {
        'placed': ['等待付款', '等待付款确认', '未付款'],
        'paid': ['WAIT_SELLER_STOCK_OUT', 'WAIT_SELLER_DELIVERY', 'LOCKED', '等待出库', '锁定', '(锁定)等待出库', '暂停'],
        'shipped': ['WAIT_GOODS_RECEIVE_CONFIRM', 'SEND_TO_DISTRIBUTION_CENER', 'DISTRIBUTION_CENTER_RECEIVED', '等待确认收货'],
        'completed': ['FINISHED_L', 'RECEIPTS_CONFIRM', '完成'],
        'cancelled': ['TRADE_CANCELED', '取消', '(删除)等待出库', '（删除）等待确认收货', '(删除)锁定'],
    },
    'Pinduoduo': {
        'placed': ['待支付', '待付款', '待成团'],
        'paid': ['待发货', '售后处理中'],
        'shipped': ['已发货，待收货', '已发货,待签收'],
        'completed': ['已收货', '已签收'],
        'cancelled': ['已取消', '已取消，退款成功', '未成交，退款成功'],
        'refunded': ['未发货，退款成功', '已发货，退款成功', '已收货，退款成功', '已签收，退款成功'],
    },
} -%}

with cases as (

    {% for system, statuses in systems.items() -%}
    {% for expected, words in statuses.items() -%}
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

{{ mapped_values('cases', 'given', 'order_status_mapping', 'status') }},

final as (

    select
        cases.*,
        given_values.mapped_value

    from cases
    left join given_values on cases.given = given_values.raw_value

)

select * from final
where mapped_value is distinct from expected
