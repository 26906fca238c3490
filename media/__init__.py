"""Pictures that the project draws itself. Values in, bytes out; nothing here knows quests, files or the network."""
