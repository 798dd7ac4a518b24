-- One row per landed version of a customer.
{{ staged('customers') }}
