"""Pure geometry on WGS 84: lon before lat, metres, degrees. No files, network, clock or chance."""
