"""Text as characters: nothing from outside acts or hides, and typography makes no difference.

``clean`` is what whatever comes from a file, a server or a command line passes before it is printed
or sent; ``normal`` is one spelling for what differs in typography alone, with the way back.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.characters.clean import (
    ELLIPSIS,
    HALF_CHARACTER,
    INVISIBLE,
    RAISED,
    beyond_ascii,
    clip,
    counted,
    exposed,
    for_model,
    for_screen,
    has_right_to_left,
    in_columns,
    inert,
    inert_json,
    listed,
    noun_of,
)

if TYPE_CHECKING:
    from summarise.characters.markup import BOTH_ERRORS
    from summarise.characters.normal import (
        Normalised,
        normal_form,
        normalise,
        readable,
        readable_line,
    )
    from summarise.characters.tags import UNSEEN_STYLE, unmarked
else:
    # The patterns of typography are many.
    __getattr__ = lazily(__name__)
