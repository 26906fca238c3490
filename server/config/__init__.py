"""Settings from the environment, and the secrets that are kept beside the data.

Nothing here touches the database or the network; `rotfaste config` prints what is in force. A new setting is a field in
`settings`; what may stand in it is a function in `values`.
"""

from server.config.errors import SettingError
from server.config.folders import CHECKOUT, private_url
from server.config.reading import read_settings
from server.config.secrets import load_secrets
from server.config.settings import Settings
from server.config.values import HOST, LOOPBACK_NAMES, without_password

__all__ = [
    "CHECKOUT",
    "HOST",
    "LOOPBACK_NAMES",
    "SettingError",
    "Settings",
    "load_secrets",
    "private_url",
    "read_settings",
    "without_password",
]
