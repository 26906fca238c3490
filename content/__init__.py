"""What people make: packs, their checks, languages. Streams and bytes in, values and findings out."""
