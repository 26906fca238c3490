"""What a person wants: load, decide, save, in one transaction. The first argument is the database."""
