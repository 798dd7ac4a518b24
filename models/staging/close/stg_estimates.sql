-- One row per landed scenario of an estimate version.
{{ staged('estimates') }}
