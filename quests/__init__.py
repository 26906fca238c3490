"""The game: what a quest is, what a move means, what a journey has come to.

Pure. Time, chance and everything heard are arguments; nothing here reads a clock, a file or a socket.
"""
