{{ input_view('support_tickets') }}
