"""How the database came to its present form, step by step. Run by `rotfaste migrate` alone."""
