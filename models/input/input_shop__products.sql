{{ input_view('products') }}
