{{ input_view('identity_links') }}
