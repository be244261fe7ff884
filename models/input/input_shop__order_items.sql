{{ input_view('order_items') }}
