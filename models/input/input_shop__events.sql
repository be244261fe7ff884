{{ input_view('events') }}
