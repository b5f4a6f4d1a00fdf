"""The settings of a run: flags over environment over ``summarise.toml`` over defaults.

Built once, by ``load_settings``; nobody else reads the environment.
"""

# mypy: implicit-reexport

from summarise.settings.load import keys_set, load_settings, refuse_outside
from summarise.settings.masking import Discretion, masked
from summarise.settings.model import (
    CAPS,
    OPENAI_BASE_URL,
    Mode,
    PromptCache,
    Sampling,
    SeedParameter,
    Settings,
    TokenParameter,
    at_home,
    check_proxies,
    is_local_model,
    is_loopback,
    is_same_origin,
)
from summarise.settings.presets import (
    EMBEDDED_IS_BETTER,
    PRESETS,
    SERVICES,
    Preset,
    ServiceSite,
    answer_members,
    is_out_of_quota,
    is_small,
    key_variable_at,
    known_of,
    named_parameters,
    preset_at,
    preset_of,
    preset_of_software,
    provider_at,
    set_key,
    software_of,
    start_of,
)
