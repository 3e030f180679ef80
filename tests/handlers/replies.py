"""Replies of any shape, for properties that hold for all of them."""

from hypothesis import strategies as st

from handlers.messages import Choice, Choices, Field, Note, Part, Reply, Text, Title

WORDS = st.text("abcđêơ ớ🙂\n.!", min_size=1, max_size=40).filter(lambda text: text.strip())
_ACTIONS = st.integers(1, 30).map(lambda n: f"found/{n}/x")


def _choice(action: str, number: int | None, pressed: bool | None, url: bool) -> Choice:
    label = f"label of {action}"
    if url:
        return Choice(label=label, url="https://example.vn/" + action)
    return Choice(label=label, action=action, number=number, pressed=pressed)


CHOICES = st.builds(
    _choice,
    _ACTIONS,
    st.none() | st.none() | st.integers(1, 9),
    st.none() | st.booleans(),
    st.sampled_from([False, False, True]),
)
_GROUPS = st.builds(
    lambda choices, single: Choices(choices=tuple(choices), single=single),
    st.lists(CHOICES, min_size=1, max_size=8),
    st.booleans(),
)
_NOTES = st.builds(
    lambda text, action: Note(text=text, more="more", see=Choice(label="see", action=action)),
    WORDS,
    _ACTIONS.map(lambda action: f"{action}y"),
)
_FIELDS = st.builds(
    lambda most: Field(action="search", label="Ask", send="Send", digits_to=most),
    st.sampled_from([0, 24, 31]),
)
_PARTS: st.SearchStrategy[Part] = (
    _GROUPS
    | _NOTES
    | _FIELDS
    | WORDS.map(lambda text: Text(text=text))
    | WORDS.map(lambda text: Title(text=text))
)
REPLIES = st.lists(_PARTS, max_size=8).map(lambda parts: Reply(parts=tuple(parts)))
