"""Words as one form: spelling, inflection, irregular forms. Stems are cached, since the stemmer is slow."""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")

_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "is are was were been being am",
        "run": "ran",
        "throw": "threw thrown",
        "swim": "swam swum",
        "eat": "ate eaten",
        "drink": "drank drunk",
        "write": "wrote written writing",
        "ride": "rode ridden",
        "drive": "drove driven",
        "hold": "held",
        "catch": "caught",
        "stand": "stood",
        "sit": "sat",
        "take": "took taken",
        "give": "gave given",
        "make": "made",
        "fall": "fell fallen",
        "get": "got gotten",
        "shoot": "shot",
        "sing": "sang sung",
        "slide": "slid",
        "swing": "swung",
        "spin": "spun span",
        "wear": "wore worn",
        "tear": "tore torn",
        "dig": "dug",
        "draw": "drew drawn",
        "fly": "flew flown",
        "hang": "hung",
        "kneel": "knelt",
        "lie": "lying lies lay lain",
        "tie": "tying tied ties",
        "die": "dying died dies",
        "leap": "leapt",
        "shake": "shook shaken",
        "sweep": "swept",
        "bend": "bent",
        "blow": "blew blown",
        "buy": "bought",
        "bring": "brought",
        "break": "broke broken",
        "build": "built",
        "feed": "fed",
        "fight": "fought",
        "find": "found",
        "freeze": "froze frozen",
        "keep": "kept",
        "lose": "lost",
        "pay": "paid",
        "say": "said",
        "sell": "sold",
        "send": "sent",
        "speak": "spoke spoken",
        "steal": "stole stolen",
        "stick": "stuck",
        "strike": "struck",
        "teach": "taught",
        "tell": "told",
        "wake": "woke woken",
        "win": "won",
        "begin": "began begun",
        "go": "went gone goes",
        "do": "did done does",
        "have": "had has",
        "see": "seen",
        "sew": "sewn",
        "weave": "wove woven",
        "beat": "beaten",
        "bite": "bit bitten",
        "hide": "hid hidden",
        "know": "knew known",
        "ring": "rang rung",
        "rise": "risen",
        "show": "shown",
        "ski": "skied",
        "man": "men",
        "woman": "women",
        "child": "children",
        "person": "people persons",
        "foot": "feet",
        "tooth": "teeth",
        "mouse": "mice",
        "goose": "geese",
        "knife": "knives",
        "leaf": "leaves",
        "shelf": "shelves",
        "loaf": "loaves",
        "wolf": "wolves",
        "half": "halves",
        "wife": "wives",
        "life": "lives",
        "television": "tv tvs televisions telly",
        "bicycle": "bike bikes",
        "photograph": "photo photos",
        "refrigerator": "fridge fridges",
        "somersault": "som soms",
        "put": "putt putts",
        "move": "movement movements",
        "sleep": "slept asleep",
        **{str(value): word for value, word in enumerate(_NUMBER_WORDS)},
    }.items()
    for form in forms.split()
}
# British spellings whose American form no rule below gives, and the other way round.
_SPELLINGS = {
    "grey": "gray",
    "tyre": "tire",
    "tyres": "tires",
    "aluminium": "aluminum",
    "pyjamas": "pajamas",
    "mould": "mold",
    "plough": "plow",
    "cheque": "check",
    "kerb": "curb",
    "moustache": "mustache",
    "doughnut": "donut",
    "doughnuts": "donuts",
    "sceptical": "skeptical",
    "storey": "story",
    "jewellery": "jewelry",
    "programme": "program",
    "aeroplane": "airplane",
    "aeroplanes": "airplanes",
    "practise": "practice",
    "practises": "practices",
    "practising": "practicing",
    "practised": "practiced",
    "licence": "license",
    "defence": "defense",
    "offence": "offense",
    "analyse": "analyze",
    "mum": "mom",
    "axe": "ax",
    "yoghurt": "yogurt",
    "ok": "okay",
    "make-up": "makeup",
    "judgement": "judgment",
}
_NOT_OUR = frozenset(
    "four our hour tour pour sour flour your dour scour detour contour devour course court source pours tours hours".split()
)
_NOT_ISE = frozenset(
    "rise wise raise praise noise exercise advise surprise promise precise cruise bruise disguise revise arise otherwise".split()
)
_DOUBLED = ("lling", "lled", "ller")
_KEEPS_DOUBLE = frozenset(
    "calling filling falling rolling pulling selling telling smelling spelling milling drilling grilling spilling killing "
    "called filled rolled pulled smelled spelled milled drilled grilled spilled killed taller smaller roller caller drilling "
    "yelling yelled shelling shelled tolling polling polled billing welling swelling dwelling installing installed bowling".split()
)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The common form of a lower-case word's inflections and spellings; marks and numbers stay as they are."""
    if not word.isalpha():
        if not word.endswith(("'s", "s'")):
            return word
        word = word[:-2] if word.endswith("'s") else word[:-1]
    if len(word) > 40:
        return word
    word = american(word)
    word = _IRREGULAR.get(word, word)
    return str(_STEMMER.stemWord(word)) if len(word) > 2 else word


def american(word: str) -> str:
    """The American spelling of a lower-case word."""
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if "our" in word and word not in _NOT_OUR and len(word) > 5 and word.startswith(_COLOUR_LIKE):
        return word.replace("our", "or", 1)
    for british, ending in (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ises", "izes"), ("ise", "ize")):
        if word.endswith(british) and len(word) > len(british) + 3 and word[: -len(british)] + "ise" not in _NOT_ISE:
            return word[: -len(british)] + ending
    if word.endswith(("tre", "tres")) and len(word) > 4:
        return word.replace("tre", "ter")
    if word.endswith(_DOUBLED) and word not in _KEEPS_DOUBLE and len(word) > 7:
        return word.replace("ll", "l") if word.count("ll") == 1 else word
    return word


_COLOUR_LIKE = (
    "colour", "favour", "flavour", "harbour", "honour", "humour", "labour", "neighbour", "odour", "parlour", "rumour",
    "savour", "vapour", "armour", "behaviour", "endeavour", "glamour", "vigour", "valour", "discolour", "demeanour", "saviour",
)  # fmt: skip
FILLERS = frozenset(
    "a an the this that these those some any his her its their my our your one's of is are was were be been being am to in on at and "
    "he she it they him them there who which with by for as very just really someone somebody something because 's".split()
)
"""Words that carry no content of their own in a short label or answer."""


@lru_cache(maxsize=65_536)
def is_filler(word: str) -> bool:
    """Whether a lower-case token carries no content: an article, a pronoun, a form of be, a mark."""
    return word in FILLERS or not (word[0].isalnum())
