{{ input_view('orders') }}
