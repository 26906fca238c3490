"""SQL and nothing else: values in, values out, or bytes for hot reads. Stores do not decide and do not commit."""
