{{ input_view('campaign_sends') }}
