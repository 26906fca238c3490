"""What people make: packs, checks, languages, formats. Streams and bytes in, values and findings out."""
