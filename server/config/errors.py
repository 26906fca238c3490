"""What is wrong with how an installation was set up."""


class SettingError(Exception):
    """One or more settings that cannot be read; the message names each, and what it may be."""
