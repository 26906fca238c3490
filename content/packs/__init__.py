"""Packs: what an association makes, owns, carries away and brings back."""
