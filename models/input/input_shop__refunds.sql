{{ input_view('refunds') }}
