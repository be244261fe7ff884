-- The amounts of each order are consistent, list price and discount too, none is negative, and an order that is not valid has no
-- net sales.
select
    order_id,
    is_valid,
    paid_amount,
    tax_amount,
    shipping_amount,
    goods_amount,
    refunded_amount,
    net_amount,
    gross_amount,
    discount_amount

from {{ ref('fct_orders') }}

where
    goods_amount <> greatest(paid_amount - tax_amount - shipping_amount, 0)
    or net_amount <> case when is_valid then goods_amount - refunded_amount else 0 end
    or goods_amount < 0
    or refunded_amount < 0
    or net_amount < 0
    or gross_amount - discount_amount <> goods_amount
    or (gross_amount is null) <> (discount_amount is null)
    or discount_amount < 0
    or (not is_valid and (refunded_amount <> 0 or margin_amount is not null))
    or margin_amount > net_amount
