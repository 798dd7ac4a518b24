-- One row per landed review.
{{ staged('reviews') }}
