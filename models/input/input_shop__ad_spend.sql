{{ input_view('ad_spend') }}
