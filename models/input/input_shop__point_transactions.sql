{{ input_view('point_transactions') }}
