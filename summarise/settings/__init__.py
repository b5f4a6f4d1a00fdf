"""The settings of a run: flags over environment over ``summarise.toml`` over defaults.

Built once, by ``load_settings``; nobody else reads the environment.
"""

from summarise.settings.address import OPENAI_BASE_URL, is_local_model, is_loopback
from summarise.settings.keys import masked
from summarise.settings.load import load_settings
from summarise.settings.model import Mode, Sampling, SeedParameter, Settings, TokenParameter
from summarise.settings.presets import (
    PRESETS,
    Preset,
    answer_members,
    is_out_of_quota,
    preset_at,
    preset_of_software,
    provider_at,
    software_of,
)

__all__ = [
    "OPENAI_BASE_URL",
    "PRESETS",
    "Mode",
    "Preset",
    "Sampling",
    "SeedParameter",
    "Settings",
    "TokenParameter",
    "answer_members",
    "is_local_model",
    "is_loopback",
    "is_out_of_quota",
    "load_settings",
    "masked",
    "preset_at",
    "preset_of_software",
    "provider_at",
    "software_of",
]
