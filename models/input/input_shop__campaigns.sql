{{ input_view('campaigns') }}
