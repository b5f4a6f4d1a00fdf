"""The prompt templates of ``prompts/``: what a model is asked, and how a document is shown to it.

A version is a folder that holds ``system.md.jinja``, ``user.md.jinja`` and ``examples.json``. The
system prompt and the worked examples are the same for every document, so that a provider's or a
local server's prefix cache can serve them; only the user message differs.

A template may use, in the system prompt:

============  ====================================================================================
``schema``    the JSON schema that the answer has to fit
``outline``   the same on one line: names, types and choices alone
``fields``    ``path`` and ``description`` of each field that has one
``builtin``   whether this is the built-in schema, which the worked examples are for
============  ====================================================================================

and in the user message:

=============  ===================================================================================
``title``      the title, empty where there is none
``sentences``  the sentences of the abstract
``fence``      twelve characters or more that stand nowhere in the text
``mark``       four or more, likewise
=============  ===================================================================================

The text of a document is untrusted. Each part of it is one line without control, zero-width and
bidirectional characters (see ``for_model``), and no part holds the fence, so nothing in it can end
the text or begin a numbered line.
"""

from summarise.prompts.review import check_prompts, prompt_messages, summarise_prompts
from summarise.prompts.versions import Prompt, load_prompt, prompt_versions

__all__ = [
    "Prompt",
    "check_prompts",
    "load_prompt",
    "prompt_messages",
    "prompt_versions",
    "summarise_prompts",
]
