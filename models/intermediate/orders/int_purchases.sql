{{ config(materialized='view') }}

select * from {{ ref('int_orders') }} -- noqa: AM04

where order_number is not null
