"""The shell around the game: HTTP, database, jobs and the command line. It holds no rule of the game."""
