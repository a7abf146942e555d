"""Names in answer to a question that says what it asks for: "Sevan" or "Lake Sevan" where it is "Which lake …?"."""

from collections.abc import Sequence
from functools import lru_cache

from quizapp.core.text.answers import answer_form
from quizapp.core.text.names import KINDS_OF, NAMED_WITH_KIND, is_name

# What a question may ask for, each with the words for it.
_KINDS = (
    frozenset({"river", "rivers", "reka", "cay", "cayi", "река", "реки", "реке", "реку"}),
    frozenset({"lake", "ozero", "gol", "golu", "озеро", "озере"}),
    frozenset({"mount", "mt", "mountain", "gora", "dag", "dagi", "гора", "горе", "гору"}),
    frozenset(
        {
            "city",
            "town",
            "village",
            "port",
            "capital",
            "seher",
            "seheri",
            "sehri",
            "qesebe",
            "qesebesi",
            "kend",
            "kendi",
            "liman",
            "limani",
            "paytaxt",
            "gorod",
            "selo",
            "город",
            "городе",
            "города",
            "городу",
            "село",
            "поселок",
            "деревня",
            "порт",
            "столица",
            "столицу",
        }
    ),
    frozenset({"station", "stansiya", "stansiyasi", "stantsiya", "станция", "станции", "станцию"}),
    frozenset({"party", "partiya", "partiyasi", "партия", "партии"}),
    frozenset({"regiment", "alay", "alayi", "polk", "полк"}),
)
_RIVERS = _KINDS[0]  # are known without the word
# The Yellow River is not just "Yellow".
_COMMON_WORDS = frozenset(
    {
        "red",
        "yellow",
        "black",
        "white",
        "blue",
        "green",
        "grey",
        "orange",
        "big",
        "great",
        "grand",
        "little",
        "long",
        "old",
        "new",
        "pearl",
        "snake",
        "crater",
        "table",
        "bear",
        "rocky",
    }
)


def short_names(forms: Sequence[str], prompt: str) -> list[str]:
    """Return the names without the word for what a prompt asks for: "Sevan" where it is "Which lake …?".

    A river needs no such word anyway.
    """
    asked = _kinds_in(prompt)
    found = (_short_name(form, asked) for form in forms if " " in form)
    return [name for name in found if name]


def names_another_kind(typed: str, forms: Sequence[str], prompt: str) -> bool:
    """Return whether a typed name is of another kind than the prompt or a right form says: "Nile City" for a river."""
    said = _kinds_in(typed)
    asked = _kinds_in(prompt).union(*map(_kinds_in, forms)) if said else said
    return bool(asked) and asked.isdisjoint(said)


def short_name(typed: str, prompt: str) -> str:
    """Return a typed name without the word for what a prompt asks for, as `short_names` does; "" if it has none."""
    return _short_name(typed.title(), _kinds_in(prompt)) if " " in typed.strip() else ""


@lru_cache(maxsize=4096)
def _kinds_in(text: str) -> frozenset[frozenset[str]]:
    words = answer_form(text).split()
    return frozenset(kind for kind in _KINDS if not kind.isdisjoint(words))


@lru_cache(maxsize=4096)
def _short_name(form: str, asked: frozenset[frozenset[str]]) -> str:
    """Return a name without a word for one of the kinds asked for; "" if it has none, or is no name without it."""
    words, plain = form.removeprefix("the ").removeprefix("The ").split(), answer_form(form).split()
    if not any(map(is_name, words)) or len(words) != len(plain) or not NAMED_WITH_KIND.isdisjoint(plain):
        return ""
    droppable = frozenset().union(_RIVERS, *asked)
    if plain[-1] in droppable:
        words = words[:-1]
    elif plain[0] in droppable and (plain[0] in _RIVERS or plain[0] not in KINDS_OF):  # the Port of Spain is no "Spain"
        words = words[1:]
    else:
        return ""
    return "" if len(words) == 1 and words[0].lower() in _COMMON_WORDS else " ".join(words)
