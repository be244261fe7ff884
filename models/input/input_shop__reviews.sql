{{ input_view('reviews') }}
