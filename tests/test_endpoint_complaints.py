"""Tests of ``summarise.endpoint.complaints``: what an error message is about.

The messages are what servers were reported to say, shortened, some with the name of a parameter
that we send instead of the one reported; their trackers stand beside them.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.endpoint.complaints import complained_of, is_astray
from summarise.endpoint.dialect import Dialect
from summarise.settings import Mode, Sampling, SeedParameter, Settings, TokenParameter

SAMPLED = Settings(model="m", temperature=0.0, top_p=1.0, seed=7)
STRICT, LOOSE, TOOLS, OBJECT = (
    Mode.JSON_SCHEMA,
    Mode.JSON_SCHEMA_LOOSE,
    Mode.TOOLS,
    Mode.JSON_OBJECT,
)


def about(text: str, mode: Mode, limit: TokenParameter = TokenParameter.MAX_TOKENS) -> str | None:
    """The part of a request, with everything sampled, that a message is about."""
    return complained_of(text, mode, Dialect(mode, limit).parameters(SAMPLED))


@pytest.mark.parametrize(
    ("mode", "text", "_url"),
    [
        (
            OBJECT,
            "'response_format.type' must be 'json_schema' or 'text'",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189",
        ),
        (
            STRICT,
            "This response_format type is unavailable now",
            "https://github.com/ItzCrazyKns/Vane/issues/969",
        ),
        (
            STRICT,
            (
                "Failed to deserialize the JSON body into the target type: response_format.type: "
                "unknown variant `json_schema`, expected `text` or `json_object`"
            ),
            "https://github.com/dzhng/deep-research/issues/22",
        ),
        (
            STRICT,
            (
                "response_format value as json_schema is enabled only for api versions "
                "2024-08-01-preview and later"
            ),
            "https://github.com/crmne/ruby_llm/issues/600",
        ),
        (
            STRICT,
            "The model only supports response formats: [json text].",
            "https://github.com/TypeWhisper/typewhisper-win/issues/26",
        ),
        (
            STRICT,
            (
                "invalid schema for response format: response_format/json_schema/next_step: "
                "minItems is not supported"
            ),
            "https://github.com/i-am-bee/beeai-framework/issues/1215",
        ),
        (
            LOOSE,
            "The compiled grammar is too large",
            "https://github.com/openstory-so/openstory/issues/1302",
        ),
        (
            STRICT,
            "Failed to initialize samplers: Unexpected empty grammar stack after accepting piece",
            "https://github.com/ggml-org/llama.cpp/issues/23990",
        ),
        (
            TOOLS,
            "Failed to initialize samplers: failed to parse grammar",
            "https://github.com/QwenLM/qwen-code/issues/10530",
        ),
        (
            TOOLS,
            "registry.ollama.ai/library/deepseek-r1:14b does not support tools",
            "https://github.com/ollama/ollama/issues/11131",
        ),
        (
            TOOLS,
            "Invalid tool_choice type: 'object'. Supported string values: none, auto, required",
            "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670",
        ),
        (
            TOOLS,
            "deepseek-reasoner does not support this tool_choice",
            "https://github.com/deepseek-ai/DeepSeek-R1/issues/836",
        ),
        (
            TOOLS,
            '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser',
            "https://github.com/QwenLM/Qwen-Agent/issues/344",
        ),
        (
            TOOLS,
            "Missing `reasoning_content` field in the assistant message at message index 2.",
            "https://github.com/abhigyanpatwari/GitNexus/issues/43",
        ),
        (
            STRICT,
            "No endpoints found that can handle the requested parameters.",
            "https://github.com/block/buzz/issues/3018",
        ),
        (
            TOOLS,
            "No endpoints found that support tool use. To learn more about provider routing, …",
            "https://github.com/dnakov/anon-kode/issues/2",
        ),
    ],
)
def test_a_refusal_of_the_mode(mode: Mode, text: str, _url: str) -> None:
    """What servers really said of the part that holds the model to the schema."""
    assert about(text, mode) == mode
    # The same words can't be about what the request doesn't hold.
    assert about(text, Mode.PROMPTED) is None


@pytest.mark.parametrize(
    ("text", "part", "_url"),
    [
        (
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead."
            ),
            "max_tokens",
            "https://github.com/Mai-with-u/MaiBot/issues/1406",
        ),
        (
            (
                "Unsupported value: 'temperature' does not support 0.16 with this model. Only the "
                "default (1) value is supported."
            ),
            "temperature",
            "https://github.com/decolua/9router/issues/560",
        ),
        (
            "property 'seed' is unsupported, did you mean 'stop'?",
            "seed",
            "https://github.com/fanenr/chatbot/issues/21",
        ),
    ],
)
@pytest.mark.parametrize("mode", [STRICT, Mode.PROMPTED])
def test_a_refusal_of_a_parameter(mode: Mode, text: str, part: str, _url: str) -> None:
    """A parameter is refused in whatever mode; of several names the first one is meant."""
    assert about(text, mode) == part


def test_a_refusal_in_the_words_of_pydantic() -> None:
    """Servers that validate by pydantic, such as vLLM, quote the input behind the place."""
    text = (
        "[{'type': 'extra_forbidden', 'loc': ('body', 'top_p'), 'msg': 'Extra inputs are not "
        "permitted', 'input': {'temperature': 0.5, 'response_format': {'type': 'json_schema'}}}]"
    )
    assert about(text, STRICT) == "top_p"
    assert about(text.replace("'body', 'top_p'", "'body', 'response_format'"), STRICT) == STRICT


def test_the_other_name_of_the_limit() -> None:
    """A server that only knows max_tokens refuses the newer name; a hint isn't a refusal."""
    limit = TokenParameter.MAX_COMPLETION_TOKENS
    assert about("Unrecognized request argument: max_completion_tokens", STRICT, limit) == limit
    assert about("max_tokens is not supported", STRICT, limit) is None


def test_the_name_on_the_wire_counts() -> None:
    """Where the seed is called otherwise, its other name is looked for."""
    text = "random_seed: Extra inputs are not permitted"
    assert about(text, STRICT) is None
    renamed = SAMPLED.model_copy(update={"seed_parameter": SeedParameter.RANDOM_SEED})
    sent = Dialect(STRICT).parameters(renamed)
    assert complained_of(text, STRICT, sent) is Sampling.SEED


def test_what_is_not_sent_is_not_meant() -> None:
    """A message about a parameter that the request didn't hold is about something else."""
    text = "'temperature' is not supported"
    assert complained_of(text, STRICT, {}) is None
    known = Dialect(STRICT, unsent=frozenset({"temperature"}))
    assert complained_of(text, STRICT, known.parameters(SAMPLED)) is None


def test_strict_can_be_refused_in_a_function() -> None:
    """In tools mode the promise can go without the tools."""
    text = "tools.0.function.strict: Extra inputs are not permitted"
    assert about("'strict' is not supported in a function", TOOLS) == "strict"
    assert about(text, TOOLS) == TOOLS


@pytest.mark.parametrize(
    "text",
    [
        (
            "This model's maximum context length is 4096 tokens. However, your messages resulted "
            "in 5012 tokens (4000 in the messages, 1012 in the functions and response_format)."
        ),
        "The input is too long for tools of this model",
        "max_tokens is too large: 100000. This model supports at most 4096 completion tokens.",
        "Invalid 'messages[1].content': string too long",
        "The request was rejected by the safety system",
        "temperature must be between 0 and 1",
        "model 'gull-8b' not found",
        "HTTP 400",
        "",
    ],
)
@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_about_something_else(mode: Mode, text: str) -> None:
    """A request that is too long, unsafe or wrong in itself changes nothing."""
    assert about(text, mode) is None


@pytest.mark.parametrize(
    "text",
    [
        "Failed to validate JSON. Please adjust your prompt. See 'failed_generation' for details.",
        "Failed to call a function. Please adjust your prompt. See 'failed_generation'.",
    ],
)
def test_a_model_that_went_astray_is_no_refusal(text: str) -> None:
    """Groq answers 400 where the model failed: https://console.groq.com/docs/errors."""
    assert is_astray(text)
    assert about(text, STRICT) is None
    assert about(text, TOOLS) is None


@given(text=st.text(), mode=st.sampled_from(Mode))
def test_any_text_can_be_looked_at(text: str, mode: Mode) -> None:
    """What is found is something that the request held."""
    assert about(text, mode) in {None, mode, "max_tokens", "strict", *SAMPLED.sampling}
