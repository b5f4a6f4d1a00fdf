"""What is known before the first request: of endpoints, of models, of services that have papers.

A preset's values are what a user could write into ``summarise.toml``; what one model differs in is
a row of its own. Beside them stand the quirks that no setting has: each is a field, so that nobody
asks for a preset's name. What isn't here is learned from the endpoint's answers.

A service's key is for its own address alone. Where the user sets another one, a mirror for example,
none is sent to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of an endpoint.

    Attributes:
        source: Where what is said of it is written down.
        values: Settings, spelled as in ``summarise.toml``.
        hosts: Its hosts, and domains when they begin with a dot; a base URL there has the preset's
            values, its key apart, without anybody naming the preset.
        models: Settings for the models whose id matches a pattern from its beginning.
        ids: Pattern of model ids that OpenAI doesn't serve and this endpoint does.
        start: Command that starts the server, where it runs on the user's machine.
        providers: What OpenTelemetry calls it, by the domain.
        software: The server's software, as ``doctor`` names it.
        owner: What `owned_by` in its list of models says where it is this software.
        thoughts: Members of a message in which an answer may end up that is held to a schema.
        no_quota: Codes and types of a 429 that waiting can't mend.
        batch_share: Of the usual price, what an answer of its batch API costs, where that is one
            share for all its models; None where it isn't known.
        batch_limit: Bytes that a file of requests may have there.
        batch_purpose: What its file API calls such a file.
        batch_route: What a request of such a file is addressed to.
    """

    about: str
    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    models: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    ids: str | None = None
    start: str | None = None
    providers: Mapping[str, str] = field(default_factory=dict)
    software: str | None = None
    owner: str | None = None
    thoughts: tuple[str, ...] = ()
    no_quota: frozenset[str] = frozenset()
    batch_share: Decimal | None = None
    batch_limit: int = 100_000_000
    batch_purpose: str = "batch"
    batch_route: str = "/v1/chat/completions"

    def for_model(self, model: str | None) -> dict[str, Any]:
        """The settings, with those of a model."""
        values = dict(self.values)
        for pattern, own in self.models:
            if model is not None and re.match(pattern, model):
                values.update(own)
        return values

    def is_at(self, host: str) -> bool:
        """Whether a host, in lower case and without a port, is one of the preset's."""
        return any(
            host.endswith(known) if known.startswith(".") else host == known for known in self.hosts
        )

    def is_key_for(self, url: str) -> bool:
        """Whether its key may go to an address: to its own hosts, by https."""
        parts = urlsplit(url)
        return parts.scheme.lower() == "https" and self.is_at(parts.hostname or "")


EMBEDDED_IS_BETTER = "the embedded extractor does better than a model below a billion parameters"
"""What to tell who asks a model that ``is_small``."""

_MANY = 1e9
_HALF = Decimal("0.5")
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([MB])(?![a-z\d])", re.IGNORECASE)
_POWERS = {"m": 1e6, "b": 1e9}

# A server of one's own works on few requests at a time, and may load the model for the first one.
_OWN_SERVER = {"timeout": 600.0, "deadline": 3600.0}
# Models that reason before they answer refuse all sampling but their default. What this pattern
# misses costs one refusal, and is learned from it: https://github.com/decolua/9router/issues/560
_REASONING = (r"(o\d|gpt-([5-9]|\d\d)\b(?!.*chat))", {"omit": ("temperature", "top_p")})
# From GPT-5.6 on, the cache is read at breakpoints alone, and writing it is charged for:
# https://developers.openai.com/api/docs/guides/prompt-caching
_WITH_BREAKPOINTS = r"gpt-(5\.([6-9]|\d\d)|([6-9]|\d\d)\b)"
_OPENAI_MODELS = (_REASONING, (_WITH_BREAKPOINTS, {"prompt_cache": "openai"}))

PRESETS: Mapping[str, Preset] = {
    "openai": Preset(
        "OpenAI",
        "https://platform.openai.com/docs/api-reference/chat/create",
        {
            "base_url": "https://api.openai.com/v1",
            "api_key_env": "OPENAI_API_KEY",
            "token_parameter": "max_completion_tokens",
        },
        ("api.openai.com", ".api.openai.com"),
        _OPENAI_MODELS,
        providers={"openai.com": "openai"},
        # https://platform.openai.com/docs/guides/error-codes
        no_quota=frozenset(
            ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
        ),
        # https://platform.openai.com/docs/guides/batch
        batch_share=_HALF,
        batch_limit=200_000_000,
    ),
    # The address holds the name of the resource, so it is the user's to give.
    "azure": Preset(
        "Azure OpenAI, its v1 API: https://NAME.openai.azure.com/openai/v1",
        "https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle",
        {"api_key_env": "AZURE_OPENAI_API_KEY", "token_parameter": "max_completion_tokens"},
        (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com"),
        _OPENAI_MODELS,
        providers={
            "openai.azure.com": "azure.ai.openai",
            "services.ai.azure.com": "azure.ai.inference",
        },
        # https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch
        batch_route="/chat/completions",
        batch_share=_HALF,
        batch_limit=200_000_000,
    ),
    # Without the extra body a request may go to a host that ignores the schema.
    "openrouter": Preset(
        "OpenRouter",
        "https://openrouter.ai/docs/features/provider-routing",
        {
            "base_url": "https://openrouter.ai/api/v1",
            "api_key_env": "OPENROUTER_API_KEY",
            "extra_body": {"provider": {"require_parameters": True}},
        },
        ("openrouter.ai",),
        # https://openrouter.ai/docs/features/prompt-caching
        (
            (f"openai/{_WITH_BREAKPOINTS}", {"prompt_cache": "openai"}),
            ("anthropic/", {"prompt_cache": "anthropic"}),
        ),
        ids=r"(?!models/)[^/]+/.",
    ),
    "groq": Preset(
        "Groq",
        "https://console.groq.com/docs/api-reference",
        {
            "base_url": "https://api.groq.com/openai/v1",
            "api_key_env": "GROQ_API_KEY",
            "token_parameter": "max_completion_tokens",
        },
        ("api.groq.com",),
        providers={"groq.com": "groq"},
    ),
    "together": Preset(
        "Together",
        "https://docs.together.ai/docs/json-mode",
        {"base_url": "https://api.together.xyz/v1", "api_key_env": "TOGETHER_API_KEY"},
        ("api.together.xyz", "api.together.ai"),
        # Some of its models cost half, others as much as live:
        # https://docs.together.ai/docs/inference/batch/overview
        batch_purpose="batch-api",
    ),
    "mistral": Preset(
        "Mistral",
        "https://docs.mistral.ai/api",
        {
            "base_url": "https://api.mistral.ai/v1",
            "api_key_env": "MISTRAL_API_KEY",
            "seed_parameter": "random_seed",
        },
        ("api.mistral.ai",),
        ids=r"(open-)?(mistral|ministral|mixtral|magistral|codestral|devstral|pixtral)[^:]*$",
        providers={"mistral.ai": "mistral_ai"},
    ),
    # Its response formats are text and json_object, and the prompt must hold the word "json".
    "deepseek": Preset(
        "DeepSeek",
        "https://api-docs.deepseek.com/api/create-chat-completion",
        {
            "base_url": "https://api.deepseek.com/v1",
            "api_key_env": "DEEPSEEK_API_KEY",
            "ladder": ("tools", "json_object", "prompted"),
        },
        ("api.deepseek.com",),
        ids=r"deepseek-[^:]+$",
        providers={"deepseek.com": "deepseek"},
    ),
    "gemini": Preset(
        "Gemini, its OpenAI-compatible path",
        "https://ai.google.dev/gemini-api/docs/openai",
        {
            "base_url": "https://generativelanguage.googleapis.com/v1beta/openai",
            "api_key_env": "GEMINI_API_KEY",
        },
        ("generativelanguage.googleapis.com",),
        ids=r"(models/)?(gemini|gemma)-[^:]+$",
        providers={"generativelanguage.googleapis.com": "gcp.gemini"},
        # https://ai.google.dev/gemini-api/docs/batch-api
        batch_share=_HALF,
    ),
    # It takes no response format, holds no function to its schema, and caches no prompt.
    "anthropic": Preset(
        "Anthropic, its OpenAI-compatible path",
        "https://platform.claude.com/docs/en/api/openai-sdk",
        {
            "base_url": "https://api.anthropic.com/v1",
            "api_key_env": "ANTHROPIC_API_KEY",
            "ladder": ("tools", "prompted"),
        },
        ("api.anthropic.com",),
        ids=r"claude-",
        providers={"anthropic.com": "anthropic"},
    ),
    "xai": Preset(
        "xAI",
        "https://docs.x.ai/docs/api-reference",
        {"base_url": "https://api.x.ai/v1", "api_key_env": "XAI_API_KEY"},
        ("api.x.ai",),
        ids=r"grok-",
        providers={"x.ai": "x_ai"},
    ),
    # The context can't be set in a request (https://github.com/ollama/ollama/issues/16814): it is
    # OLLAMA_CONTEXT_LENGTH, or num_ctx of a Modelfile; tell it here as `context`.
    "ollama": Preset(
        "Ollama on this machine",
        "https://docs.ollama.com/api/openai-compatibility",
        {"base_url": "http://localhost:11434/v1", **_OWN_SERVER},
        # OpenAI has colons in the ids of fine-tuned models alone.
        ids=r"(?!ft:)[^/:]+:[^:]+$",
        start="ollama serve",
        software="Ollama",
    ),
    # Refuses json_object; takes one string for tool_choice only:
    # https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670
    "lmstudio": Preset(
        "LM Studio on this machine",
        "https://lmstudio.ai/docs/developer/openai-compat/structured-output",
        {
            "base_url": "http://localhost:1234/v1",
            "ladder": ("json_schema", "prompted"),
            **_OWN_SERVER,
        },
        start="lms server start",
        software="LM Studio",
        owner="organization_owner",
        # https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1773
        thoughts=("reasoning_content",),
    ),
    "vllm": Preset(
        "vLLM on this machine",
        "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
        {"base_url": "http://localhost:8000/v1", **_OWN_SERVER},
        start="vllm serve MODEL",
        software="vLLM",
        owner="vllm",
        # https://github.com/vllm-project/vllm/issues/50948
        thoughts=("reasoning_content", "reasoning"),
    ),
    "llamacpp": Preset(
        "llama.cpp's own server on this machine",
        "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
        {"base_url": "http://localhost:8080/v1", **_OWN_SERVER},
        start="llama-server -m FILE.gguf",
        software="llama.cpp",
        owner="llamacpp",
    ),
    "local": Preset(
        "another server of one's own, at the base URL that is given beside it",
        "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
        _OWN_SERVER,
    ),
}

# Of these a quirk is known, and too little to be chosen by a name.
_OTHERS = (
    Preset(
        "Moonshot",
        "https://platform.moonshot.ai",
        no_quota=frozenset(("exceeded_current_quota_error",)),
    ),
    Preset("SGLang", "https://docs.sglang.io/llms.txt", software="SGLang", owner="sglang"),
    Preset(
        "others whose names OpenTelemetry knows",
        "https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/",
        providers={
            "aiplatform.googleapis.com": "gcp.vertex_ai",
            "amazonaws.com": "aws.bedrock",
            "cohere.com": "cohere",
            "cohere.ai": "cohere",
            "perplexity.ai": "perplexity",
        },
    ),
)


def start_of(url: str) -> str | None:
    """How to start the server at an address on this machine; None where that isn't known."""
    port = urlsplit(url).port
    for one in PRESETS.values():
        if one.start and urlsplit(one.values["base_url"]).port == port:
            return f"`{one.start}` starts {one.software}."
    return None


def preset_at(host: str) -> Preset | None:
    """The preset of a host, in lower case and without a port; None where none is known."""
    return next((preset for preset in PRESETS.values() if preset.is_at(host)), None)


def preset_of(url: str) -> Preset | None:
    """The preset of an address, whatever its port; None where none is known."""
    return preset_at(urlsplit(url).hostname or "")


def known_of(host: str) -> Preset:
    """What is known of a host, with or without a port; where nothing is, what is usual."""
    return preset_at(host.partition(":")[0]) or Preset("another endpoint", "")


def key_variable_at(host: str) -> str | None:
    """The variable that holds the key of a known provider at a host, in lower case; else None.

    Its servers answer nobody without one. A port names another server, of which nothing is known.
    """
    preset = preset_at(host)
    return preset.values.get("api_key_env") if preset else None


def endpoint_for(model: str) -> str | None:
    """The name of the preset that a model's id belongs to; None where it may be OpenAI's."""
    named = ((name, one.ids) for name, one in PRESETS.items() if one.ids)
    return next((name for name, ids in named if re.match(ids, model, re.IGNORECASE)), None)


def set_key(variable: str) -> str:
    """How to set the key that a variable holds, in one sentence."""
    return f"Run `export {variable}=KEY`, or give another variable with --api-key-env NAME."


def preset_of_software(software: str | None) -> str | None:
    """The name of the preset for a server's software."""
    names = (name for name, preset in PRESETS.items() if preset.software == software)
    return next(names, None) if software else None


def software_of(owner: object) -> str | None:
    """The software whose list of models says that they are owned so."""
    found = (one.software for one in _all() if one.owner is not None and one.owner == owner)
    return next(found, None)


def provider_at(host: str) -> str | None:
    """What OpenTelemetry calls the provider at a host, in lower case and without a port."""
    domains = (item for preset in _all() for item in preset.providers.items())
    return next((n for end, n in domains if host == end or host.endswith(f".{end}")), None)


def answer_members() -> tuple[str, ...]:
    """Members of a message that may hold the answer where its content doesn't."""
    return tuple(dict.fromkeys(name for preset in _all() for name in preset.thoughts))


def is_out_of_quota(codes: Set[object]) -> bool:
    """Whether codes of a 429 say that waiting can't mend it, at whatever endpoint."""
    return any(preset.no_quota & codes for preset in _all())


def _all() -> Iterator[Preset]:
    return chain(PRESETS.values(), _OTHERS)


def is_small(model: str, parameters: float | None = None) -> bool:
    """Whether a model has fewer than a billion parameters; False where nothing says how many.

    Models of 0.1 to 0.5 billion parameters answer JSON that is valid and wrong: an example's number
    came back in nearly every record. What lies between them and this bound wasn't measured. The
    model may be an id or a path; ``parameters`` is what its file or the server says.
    """
    count = named_parameters(model) if parameters is None else parameters
    return count is not None and count < _MANY


def named_parameters(model: str) -> float | None:
    """How many parameters a model's name says it has, None where it doesn't.

    The last part of a path or an id counts; of several numbers the largest: 30B-A3B has 30 billion.
    """
    sizes = _SIZE.findall(re.split(r"[/\\]", model)[-1].replace("_", "-"))
    return max((float(number) * _POWERS[unit.lower()] for number, unit in sizes), default=None)


class ServiceSite(NamedTuple):
    """A service: what people call it, and its address up to where the paths of its API begin."""

    label: str
    base_url: str
    key_variable: str | None = None
    """The variable that its own documentation, or most of its clients, read a key from."""


SERVICES: Mapping[str, ServiceSite] = {
    # https://info.arxiv.org/help/api/user-manual.html
    "arxiv": ServiceSite("arXiv", "https://export.arxiv.org/api"),
    # https://www.crossref.org/documentation/retrieve-metadata/rest-api/
    "crossref": ServiceSite("Crossref", "https://api.crossref.org"),
    # https://developers.openalex.org/api-reference/authentication
    "openalex": ServiceSite("OpenAlex", "https://api.openalex.org", "OPENALEX_API_KEY"),
    # https://www.ncbi.nlm.nih.gov/books/NBK25497/
    "pubmed": ServiceSite(
        "PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "NCBI_API_KEY"
    ),
    # https://api.semanticscholar.org/api-docs/graph
    "semantic_scholar": ServiceSite(
        "Semantic Scholar", "https://api.semanticscholar.org/graph/v1", "S2_API_KEY"
    ),
    # https://huggingface.co/docs/hub/api
    "huggingface": ServiceSite("Hugging Face", "https://huggingface.co/api"),
    # https://aclanthology.org/info/ids/
    "acl": ServiceSite("the ACL Anthology", "https://aclanthology.org"),
    # https://www.zotero.org/support/dev/web_api/v3/local_api
    "zotero": ServiceSite("Zotero", "http://localhost:23119/api"),
}
