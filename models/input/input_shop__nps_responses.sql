{{ input_view('nps_responses') }}
