"""OpenID providers, such as a municipality's: asked who somebody is, and believed only in what they sign for us."""

from server.openid.asking import ProviderFailed
from server.openid.client import Answered, Providers, Vouched
from server.openid.providers import Provider, ProvidersError, Rule, read_providers

__all__ = [
    "Answered",
    "Provider",
    "ProviderFailed",
    "Providers",
    "ProvidersError",
    "Rule",
    "Vouched",
    "read_providers",
]
