{{ input_view('subscriptions') }}
