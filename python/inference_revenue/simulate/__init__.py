"""A synthetic company with known truth, and real model traces as input.

`company.write_company` writes the company, `trace.write_trace_company` a trace. One
module a subject: customers, catalogue, agreements, usage, invoices, cash and close draw
what happened; the modules named after rows write it in the form of the input contract.
"""
