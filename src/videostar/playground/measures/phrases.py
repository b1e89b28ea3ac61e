"""In which words a fact may be stated: world -> fact -> value -> patterns. What the describers say, and what others would.

Patterns are regular expressions over lower-case text. Where several fit, the one that begins first counts, then the longest, so
that "does not turn" is not taken for "turn", nor "with straight legs" for straight knees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import videostar.playground.lessons  # noqa: F401 - first: its parts and the worlds' language import each other
from videostar.playground.language import PACES, SIZES, TURNS, WAYS
from videostar.playground.scene import COLOURS, SHAPES
from videostar.playground.worlds import language as told
from videostar.playground.worlds.procedures import SHAPES as THINGS

Patterns = Mapping[str, Mapping[str, Sequence[str]]]

_GO = r"(?:go(?:es|ing)?|mov(?:es?|ing)|travel(?:s|ling)?|heads?|drifts?|slides?|glides?|wanders?|shifts?|runs?|flies|floats?|pass(?:es)?)"
_TURN = r"(?:turn(?:s|ing)?|spin(?:s|ning)?|rotat(?:es?|ing)|revolves?|whirls?)"
_BECOME = r"(?:gets?|becom(?:es?|ing)|grows|turns|is getting)"
_NOT = r"(?:does not|doesn't|never|does n't)"


# "Never moves to the right" says nothing of other ways, "does not turn clockwise" nothing of the other way round.
_NOWHERE = r"(?! (?:away|off|to|towards?|into|left|right|up|down|round|around|in|along|back|from|sideways))"
_NO_WAY = r"(?! (?:(?:counter|anti)[- ]?)?clockwise)"


def _towards(side: str) -> str:
    return rf"{_GO} (?:off |away )?(?:(?:to|towards?|into) the )?{side}(?:wards?)?(?:-hand side| side)?"


_MOVES: Patterns = {
    "colour": {**{colour: (colour,) for colour in COLOURS}, "purple": ("purple", "violet")},
    "shape": {
        **{shape: (shape, f"{shape}-shaped") for shape in SHAPES},
        "circle": ("circle", "dis[ck]"),
        "triangle": ("triangle", "triangular"),
    },
    "path": {
        "right": (_towards("right"),),
        "left": (_towards("left"),),
        "up": (_towards("up"), _towards("top"), "rises?", "rising", "ascends?", "climbs?"),
        "down": (_towards("down"), _towards("bottom"), "falls?", "falling", "descends?", "sinks?"),
        "still": (
            r"(?:stays?|remains?|stands?|is|keeps?)(?: \w+)? (?:in (?:its |the same )?place|still|put|where it is|motionless|at rest)",
            rf"{_NOT} (?:moves?(?: from its place)?|leaves? its (?:place|spot)|goe?s? anywhere){_NOWHERE}",
            "keeps its (?:place|position)",
            "goes nowhere",
        ),
        "round": (
            rf"{_GO} (?:round|around)(?: and (?:round|around))?(?: in (?:a circle|circles))?",
            rf"{_GO} (?:in|along) (?:a |its )?circles?",
            "circles(?: round| around)?",
            "orbits?",
        ),
        "zigzag": ("zig-?zags?", rf"{_GO} in (?:a )?zig-?zags?(?: line)?", rf"{_GO} along a zig-?zag"),
        "back and forth": (
            r"(?:GO|swings?|sways?)? ?(?:back and forth|from side to side|to and fro|from left to right and back)".replace("GO", _GO),
            "oscillates?",
        ),
    },
    "speed": {
        "slow": ("slowly", r"at (?:a )?(?:slow|low|gentle) (?:pace|speed)", "unhurriedly", "is slow"),
        "fast": ("fast", "quickly", "rapidly", "swiftly", r"at (?:a )?(?:fast|high|quick|great) (?:pace|speed)"),
    },
    "turning": {
        "none": (rf"{_NOT} {_TURN}(?: at all)?{_NO_WAY}", "keeps its (?:angle|orientation)", f"without {_TURN}", "no rotation"),
        "clockwise": (rf"(?:{_TURN} )?(?<![-r])(?<!counter )(?<!anti )clockwise",),
        "counter-clockwise": (rf"(?:{_TURN} )?(?:counter|anti)[- ]?clockwise",),
    },
    "size": {
        "same": (
            r"(?:keeps|stays|remains|has) (?:its|the same|equal|equally|at its)(?: \w+)? ?(?:size|large|big)",
            rf"{_NOT} changes? (?:its|in) size",
            r"its size (?:stays|remains|is) (?:the same|constant|unchanged)",
            "neither grows nor shrinks",
        ),
        "grows": (
            "grow(?:s|ing)?(?: (?:bigger|larger))?",
            f"{_BECOME} (?:ever |steadily |much )?(?:bigger|larger)",
            "expands?",
            "swells?",
            "increases? in size",
        ),
        "shrinks": (
            "shrinks?",
            "shrinking",
            f"{_BECOME} (?:ever |steadily |much )?smaller",
            "contracts?",
            "decreases? in size",
            "dwindles?",
        ),
    },
    "count": {
        str(number): (rf"(?:{number}|{word}) gr[ea]y (?:dots?|dis[ck]s?|circles?|spots?)",)
        for number, word in enumerate(("no", "one|a|a single", "two", "three"))
    },
}

_SPIN = r"(?:turns?|somersaults?|rotations?|flips?)"
_NUMBERS = ("", "one", "two", "three", "four", "five", "six")
_FULL = {1: "half a(?:n)?|a half", 2: "one(?: full)?|a(?: full| single)?|1", 3: r"one and a half|1\.5", 4: "two(?: full)?|2"}
_FULL |= {5: r"two and a half|2\.5", 6: "three(?: full)?|3"}
_DIVES: Patterns = {
    "colour": _MOVES["colour"],
    "facing": {
        "water": (r"(?:(?:stands )?fac(?:es|ing)|looks? (?:at|towards?)|turned (?:to|towards)) the water", "front to the water"),
        "platform": (
            r"(?:has |stands )?(?:with )?(?:the|its|his|her|a) back (?:turned )?(?:to|towards?) the water",
            r"(?:faces?|facing|looks?|turned) away from the water",
            r"(?:faces|facing|looks at) the platform",
        ),
    },
    "turning": {"forwards": ("forwards?", "to the front"), "backwards": ("backwards?", "to the back")},
    "half turns": {
        str(number): (rf"(?:{_FULL[number]}) {_SPIN}", rf"(?:{number}|{_NUMBERS[number]}) half[- ]{_SPIN}") for number in range(1, 7)
    },
    "position": {
        "tuck": (r"in (?:a|the) (?:tight )?tuck(?: position)?", "tucked(?: up)?", "(?:curled|rolled) up(?: like a ball)?"),
        "pike": (r"in (?:a|the) pike(?: position)?", "piked", r"(?:bent|folded) at the (?:hips|waist)(?: with straight legs)?"),
        "straight": (
            r"with (?:a|the) straight body",
            "stretched out",
            "with the body (?:kept )?straight",
            r"in (?:a|the) (?:straight|layout)(?: position)?",
        ),
    },
    "opening": {
        "True": ("opens? (?:too )?late", "stays? folded too long", "(?:unfolds?|comes out) (?:too )?late"),
        "False": (
            r"opens? (?:in|on) time",
            "(?:stretches out|opens?|unfolds?) early(?: enough)?",
            r"(?:unfolds?|comes out) (?:in|on) time",
        ),
    },
    "knees": {
        "True": (r"(?:with|on|and) (?:bent|soft) knees", r"(?:the |its )?knees (?:are |stay )?(?:bent|soft)", "bends (?:the|its) knees"),
        "False": (r"(?:with|on|and) (?:straight|stretched) knees", r"(?:the |its )?knees (?:are |stay )?(?:straight|stretched)"),
    },
    "end": {
        "head": (r"(?:with (?:the|its) )?head[- ]first", r"the head (?:meets|hits|reaches|enters) the water first"),
        "feet": (
            r"(?:with (?:the|its) )?feet[- ]first",
            r"(?:lands )?on (?:the|its) feet",
            r"the feet (?:meet|hit|reach|enter) the water first",
        ),
    },
    "tilt": {
        "none": ("upright", "without (?:leaning|a lean)", "vertical(?:ly)?", "not leaning"),
        "over": (r"(?:leaning because it |tipped |having )?(?:turned|rotated|over) too far", "over-?rotated", "tipped over too far"),
        "under": (
            r"(?:leaning because it )?did not (?:turn|rotate) far enough",
            "short of the (?:full|whole) turn",
            "under-?rotated",
            r"(?:having )?(?:turned|rotated) too little",
        ),
    },
    "splash": {
        "True": (r"(?:a )?(?:big|large|huge|high) splash", r"(?:a lot of|much) (?:water|splash)(?: flying up)?", "splashes a lot"),
        "False": (
            r"(?:a )?(?:small|little|tiny|low) splash",
            r"(?:hardly|barely) any (?:splash|water)",
            "almost no splash",
            "hardly splashes",
        ),
    },
}

THING = rf"(?:the |an? )?(?P<thing>(?:{'|'.join(COLOURS)}) (?:{'|'.join(THINGS)}))"
_IT = rf"(?:it|{THING})"
_EVENTS: Mapping[str, Sequence[str]] = {
    "touch": (rf"(?:touch(?:es)?|taps?|pokes?|comes into contact with) {THING}",),
    "stir": (rf"(?:stirs?(?: around)?|moves around|mixes) (?:in|inside) {THING}",),
    "grasp": (rf"(?:takes?(?: hold of)?|grips?|grabs?|grasps?|picks? up|seizes?) {THING}",),
    "carry": (rf"(?:carr(?:y|ies)|brings?|moves?|transports?) {_IT} (?:over )?to the (?P<side>left|right)",),
    "release": (rf"(?:sets?|puts?|places?|lays?) {_IT} (?:gently )?down", rf"(?:sets?|puts?|lays?) down {_IT}"),
    "drop": (rf"drops? {_IT}", rf"lets? {_IT} (?:fall|drop)", "loses it"),
}
_HAND = r"(?:the )?(?:hand|tool|instrument) "
_PROCEDURES: Patterns = {
    "tremor": {
        "none": (f"{_HAND}is (?:steady|calm|still)", f"{_HAND}{_NOT} (?:shake|tremble)(?: at all)?"),
        "slight": (
            rf"{_HAND}(?:shakes|trembles|wobbles) (?:a little|a bit|slightly)",
            f"{_HAND}is (?:a little|slightly|a bit) (?:unsteady|shaky)",
        ),
        "strong": (rf"{_HAND}(?:shakes|trembles|wobbles) (?:a lot|badly|strongly|much)", f"{_HAND}is very (?:unsteady|shaky)"),
    },
    "waiting": {
        "none": (
            rf"{_NOT} (?:waits?|pauses?|stops?)",
            "goes on without (?:waiting|a pause|pausing)",
            "without (?:waiting|a pause|pausing)",
        ),
        "pause": ("waits once", "stands still for a while(?: in between)?", r"pauses(?: once| for a while)?", "makes a pause"),
        "detour": ("goes out of its way(?: once)?", "makes a (?:needless|useless) way(?: in between)?", "(?:takes|makes) a detour"),
    },
    "dropped": {"True": ("something (?:falls|is dropped)",), "False": ("nothing (?:falls|is dropped)",)},
    "count": {
        str(number): (rf"(?:{number}|{word}) (?:things|objects) (?:stand |are )?on the bench",)
        for number, word in ((2, "two"), (3, "three"))
    },
}
_FILLERS = """
    the a an it its and with then i see there is that who in by of this first next after finally while at to
    diver person body makes does makes enters water met splash shape clip video tool instrument step moving object once
    which be seen can we are has meets meeting on also moves
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that state nothing by themselves."""

SUBJECTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "moves": frozenset({"shape"}),
        "dives": frozenset({"diver", "person", "body", "water"}),
        "procedures": frozenset({"tool", "hand", "instrument"}),
    }
)
"""What the videos of a world are about."""


def _literal(words: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {value: tuple(re.escape(one.lower()) for one in wordings) for value, wordings in words.items()}


def _named(words: Mapping[bool, Sequence[str]], names: Mapping[bool, str]) -> dict[str, tuple[str, ...]]:
    return _literal({names[value]: wordings for value, wordings in words.items()})


_TRUTHS = MappingProxyType({True: "True", False: "False"})
_DESCRIBERS: Mapping[str, Patterns] = {
    "moves": {
        "path": _literal(WAYS),
        "turning": _literal({value: wordings for value, wordings in TURNS.items() if value != "none"}),
        "size": _literal(SIZES),
        "speed": _literal(PACES),
    },
    "dives": {
        "facing": _literal(told.FACING),
        "turning": _literal(told.TURNING),
        "half turns": _literal({str(number): (words,) for number, words in enumerate(told.TURNS, 1)}),
        "position": _literal(told.POSITION),
        "opening": _named(told.OPENING, _TRUTHS),
        "knees": _named(told.KNEES, _TRUTHS),
        "end": _named(told.END, {True: "head", False: "feet"}),
        "tilt": _literal({name or "none": wordings for name, wordings in told.TILT.items()}),
        "splash": _named(told.SPLASH, _TRUTHS),
    },
    "procedures": {"tremor": _literal(told.TREMOR), "waiting": _literal(told.IDLE)},
}


def _compiled(world: str, patterns: Patterns) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found = []
    for fact, values in patterns.items():
        for value, wordings in values.items():
            every = (*_DESCRIBERS[world].get(fact, {}).get(value, ()), *wordings)
            found.append((fact, value, re.compile(rf"(?<!\w)(?:{'|'.join(every)})(?!\w)")))
    return tuple(found)


FACTS = MappingProxyType(
    {world: _compiled(world, patterns) for world, patterns in (("moves", _MOVES), ("dives", _DIVES), ("procedures", _PROCEDURES))}
)
"""World -> (fact, value, pattern)."""


def _events() -> tuple[tuple[str, re.Pattern[str]], ...]:
    # A group's name may stand once in a pattern, so every wording is one of its own.
    literal = [
        (phase, wording.format(r"(?P<side>left|right)") if phase == "carry" else wording.replace("the {}", "{}").format(THING))
        for phase, wordings in told.DOING.items()
        for wording in wordings
    ]
    further = [(phase, wording) for phase, wordings in _EVENTS.items() for wording in wordings]
    return tuple((phase, re.compile(rf"(?<!\w)(?:{wording})(?!\w)")) for phase, wording in (*literal, *further))


EVENTS = _events()
"""(phase, pattern with the groups "thing" and "side" where they are said)."""
NEGATION = re.compile(r"(?:\b(?:not|never|no longer|without|isn't|doesn't|neither|nor)\s+(?:(?:a|an|the|in|any|being)\s+)?)$")
"""What stands right before a statement that is denied."""
