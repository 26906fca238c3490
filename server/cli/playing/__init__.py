"""What `rotfaste play` is made of.

`walks` makes a recording into a walk that ends now, `laying` a quest on it; `phone` plays along it with what a kit
holds, and `answering` is what its player knows; `calls` speaks HTTP, `hearing` sends the moves and compares what the
phone says of them with what the server says; `lines` is what is printed.
"""
