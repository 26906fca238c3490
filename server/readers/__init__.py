"""Foreign files made into values of ours. A reader trusts nothing that it reads."""
