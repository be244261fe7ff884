{{ input_view('customers') }}
