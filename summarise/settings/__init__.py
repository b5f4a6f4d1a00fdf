"""The settings of a run: flags over environment over ``summarise.toml`` over defaults.

Built once, by ``load_settings``; nobody else reads the environment.
"""

from summarise.settings.address import OPENAI_BASE_URL, is_local_model, is_loopback
from summarise.settings.keys import masked
from summarise.settings.load import load_settings
from summarise.settings.model import Mode, Sampling, SeedParameter, Settings, TokenParameter

__all__ = [
    "OPENAI_BASE_URL",
    "Mode",
    "Sampling",
    "SeedParameter",
    "Settings",
    "TokenParameter",
    "is_local_model",
    "is_loopback",
    "load_settings",
    "masked",
]
