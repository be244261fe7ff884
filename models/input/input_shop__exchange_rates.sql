{{ input_view('exchange_rates') }}
