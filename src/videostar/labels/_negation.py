"""Which words of a text are asserted, and which are denied, guessed at, or set aside."""

from __future__ import annotations

from videostar.labels._cues import ABSTAINING
from videostar.labels._scan import Phrase, Phrasebook, Scan

ASSERTED, HEDGED, DENIED = 0, 1, 2

_BOOK = Phrasebook(
    {
        "not": """
            not | no | never | neither | nor | without | cannot | can't | cant | isn't | isnt | aren't | wasn't | weren't |
            doesn't | doesnt | don't | didn't | didnt | won't | wouldn't | hasn't | haven't | hadn't | couldn't | shouldn't |
            ain't | rather than | instead of | other than | as opposed to | unlike | except | fails to | failed to | rule out |
            rules out | ruled out | ruling out | exclude | excludes | excluding | eliminate | eliminates | eliminating |
            discard | reject | absence of | lack of | lacks | lacking | far from | nothing | nobody | unlikely | more than just |
            no longer | by no means | mistaken for | confused with |
            {mistake, mistook, confuse} {this, it, that, him, her, them} {for, with} |
            anything but | {wrong, incorrect} to {call, say, name, describe} | similar to | resembles | reminiscent of | hardly |
            {avoid, avoided, avoiding} |
            neither of | none of | refrains from | avoids | stops short of | almost | pretending to | pretends to | in place of |
            {fake, fakes, faked, faking, feign, feigns, feigned, feigning} | prevent | prevents | prevented | preventing | prevention of |
            {so as, in order} not to | to keep {him, her, it, them} from | to stop {him, her, it, them} from | mock |
            unlikely to be | incorrect answer is | incorrect option is | wrong answer is | more likely than
            """,
        "untrue": """
            {not, isn't, is not} {true, correct, right} that | {not, isn't} the case that | {untrue, false, wrong, incorrect} that
            """,
        "asserting": """
            not only | no doubt | without a doubt | without doubt | without any doubt | no question | not just | not merely |
            none other than | nothing but | nothing other than | not surprisingly | not to mention | no fewer than |
            no less than | no more than | whether or not | cannot deny | can't deny | not unlike | nothing else than |
            not least | {as, like} i said | would {fit, match, suit} best | would best {fit, match, suit} |
            if i look | if you look | if we look | it may be noted | might as well
            """,
        "hedge": """
            whether | if | suppose | assuming | conceivably |
            one might think | at first glance | at first sight | i first thought | about to {answer, say, conclude, pick, choose} |
            was going to {answer, say, pick, choose} | {at first, initially, first} {i, it looks, it looked, it seems, it seemed,
            it appears, it appeared, this looks, this looked, this seems, this seemed, one thinks, you think, thought, looks like,
            looked like, seems like, seemed like, appears to be, appeared to be, seems to be, seemed to be, sight} |
            {at first, initially} , {i, it looks, it looked, it seems, it seemed, it appears, it appeared, this looks, this seems} |
            my first {impression, guess, thought, idea, reading, estimate, count, answer} {was, is, of} |
            i first {had, thought, took, read, saw, counted, noted, wrote, put, guessed, believed, said, gave} |
            earlier {thought, guess, idea} of |
            at a glance | i said | {some, a, any} chance {that, it, this} | i'd have said | toss {up, - up} between |
            {others, some, many, another viewer, someone, somebody, one person, a viewer in a hurry, people in a hurry}
            {claim, claims, say, says, said, think, thinks, would say, might say, may say, would claim, would call it, counted, count} |
            {hesitate, hesitating, waver, decide, undecided} between |
            i considered | i thought | possible that | i would have said | plausible | tempting | tempted to say | not sure |
            unsure | uncertain | can look like | originally thought | one would think | you would think | easy to confuse with |
            what if | """
        + ABSTAINING,
        "modal": """
            may | might | could | maybe | perhaps | possibly | potentially | probably not | one possibility | would {fit, match, suit}
            """,
        "listing": """
            either | options are | options include | choices are | options : | candidates | candidate | torn between |
            choose between | choosing between | options given | possible {answers, options, classes, actions, choices} |
            the given options | can be either | between options | options provided | among the options | classes are | choices :
            """,
        "turn": """
            but | however | although | though | because | therefore | thus | hence | yet | so | still | nevertheless |
            nonetheless | whereas | instead | rather | actually | then | but rather | more like
            """,
    },
    marks={"end": ".!?\n;:<", "open": "([{", "close": ")]}", "comma": ","},
)
NEGATIONS = frozenset("not no never neither nor without cannot can't isn't aren't wasn't weren't doesn't don't didn't none".split())
"""Words that deny and say nothing else."""
_GUESSES = frozenset({"hedge", "modal", "listing"})
_CLAUSE_STARTERS = frozenset(
    "so therefore but however it this that these those they he she i we you the there which who what here my one and as just only its "
    "his her their is are was simply mostly mainly it's they're he's she's that's i'd i'll i'm we're".split()
)
_SUBJECTS = frozenset("it this he she they i we is are was were does instead there then the it's they're he's she's".split())
_CHOOSING = frozenset("choose chose pick picked select selected take go keep settle".split())
_SOFT = Phrasebook(
    {
        "soft": """
            {looks, look, looked, seems, seem, seemed, appears, appear, appeared} | resemble | resembles | like a | as if |
            similar | think | thought | expected | assume | assumed
            """,
    }
)
_UNTURNED = frozenset(
    "blurry unclear hard difficult dark short blurred cut fast quick brief partial partially not too very quite only also still".split()
)
_LATE_DENIALS = Phrasebook(
    {
        "guessed": """
            {is, are, would be} {one possibility, a possibility, another possibility, possible, possibilities} |
            would be {a, the, my} {guess, wild guess, obvious guess, first guess}
            """,
        "denied": """
            {is, are, was, were, seems, looks, appears, would be, must be} {not, incorrect, wrong, false, unlikely, out, ruled out,
            eliminated, excluded, impossible, inaccurate, also incorrect, also wrong, also not, clearly not, clearly wrong,
            certainly not, definitely not, less likely, irrelevant, untrue, implausible, rejected, never, therefore wrong,
            therefore incorrect, also out, very unlikely, clearly incorrect, too unlikely, unsupported} |
            {does not, doesn't, do not, don't, did not, didn't, is not, isn't, aren't, cannot, can't, never} {match, fit, apply,
            appear, appears, happen, happens, occur, occurs, describe, correspond, align, work, make sense, take place, seem right,
            seem to match, seem to fit, be, be right, be correct, hold} |
            {isn't, aren't, wasn't, weren't, is absent, is missing} | can be {ruled out, excluded, eliminated, dismissed, discarded}
            | : {no, wrong, incorrect, false, not} | - {no, wrong, incorrect, false} | = {no, false, wrong} |
            {do, does, did, is, are, was, were} not . | {don't, doesn't, didn't, isn't, aren't, wasn't} . | {is, are, was, were} left out |
            {stay, stays, stayed, remain, remains, remained} {where, unused, untouched, aside, out, closed, off} |
            {is, are, was, were} {unused, untouched, absent, missing} |
            {is, are, would be} too {far off, high, low} | would not | wouldn't | ? no |
            {has, have} been {ruled out, excluded} | {i, we, one, you} would expect something
            """,
    }
)
_STOPS = frozenset({".", "!", "?", "\n", ";", ",", "but", "because", "while", "since", "as"})
_OTHER_SUBJECTS = frozenset("who that which person man woman he she it they there answer video child boy girl people".split())


_SIGNALS = (_BOOK.first_words - frozenset(".!?\n;:<([{)]},")) | _SOFT.first_words | _LATE_DENIALS.first_words | {"?"}
"""Words without which nothing is denied or guessed at."""


def statuses(scan: Scan) -> list[int]:
    """For each token whether what it says is ASSERTED, HEDGED ("it may be") or DENIED ("it is not")."""
    cached: list[int] | None = scan.__dict__.get("_statuses")
    if cached is None and _SIGNALS.isdisjoint(scan.words):
        cached = scan.__dict__["_statuses"] = [ASSERTED] * len(scan.words)
    elif cached is None:
        cached = _mark_clauses(scan)
        _mark_late_denials(scan, cached)
        _mark_turned(scan, cached)
        _mark_questions(scan, cached)
        scan.__dict__["_statuses"] = cached
    return cached


def _mark_clauses(scan: Scan) -> list[int]:
    words, marks = scan.words, [ASSERTED] * len(scan.words)
    status, kind, since, begun = ASSERTED, "", 0, 0
    opened: list[int] = []
    for phrase in _BOOK.find(words):
        before = status
        if phrase.tag == "open":
            opened.append(phrase.first)
            continue
        if phrase.tag == "close":
            inside = opened.pop() if opened else -1
            status = ASSERTED if begun > inside >= 0 else status
        elif phrase.tag in ("not", "untrue"):
            turns = status == DENIED and (kind == "untrue" or words[phrase.first] not in ("nor", "or", "neither", "no"))
            status, kind = (ASSERTED, "") if turns else (DENIED, phrase.tag)
        elif phrase.tag in _GUESSES:
            status, kind = max(status, HEDGED), phrase.tag
        elif _ends(words, phrase, before, kind):
            status, kind = ASSERTED, ""
        begun = phrase.first if before == ASSERTED != status else begun
        if before != ASSERTED:
            last = _until(words, since, phrase.first, before)
            marks[since:last] = [before] * (last - since)
        since = phrase.first if phrase.tag != "asserting" else phrase.last
    if status != ASSERTED:
        last = _until(words, since, len(words), status)
        marks[since:last] = [status] * (last - since)
    return marks


def _ends(words: list[str], phrase: Phrase, status: int, kind: str) -> bool:
    """Whether a phrase ends a denial, or a guess of one kind."""
    if phrase.tag == "comma":
        return kind != "listing" and _comma_ends(words, phrase.first, status, kind)
    if kind == "listing":
        return (phrase.tag == "end" and words[phrase.first] in ".!?") or phrase.tag == "turn"
    return phrase.tag in ("turn", "end")


def _until(words: list[str], first: int, last: int, status: int) -> int:
    """Where a denial ends inside first..last: at an "and" that starts a statement of its own."""
    if status != DENIED:
        return last
    for index in range(first, last - 1):
        if words[index] == "and" and (words[index + 1] in _SUBJECTS or words[index + 1] in _CHOOSING):
            return index
        if words[index] in ("leaves", "leaving", "leave"):
            return index
    return last


def _comma_ends(words: list[str], index: int, status: int, kind: str) -> bool:
    """A comma ends a denial or a guess unless it lists further things that are denied too."""
    if index + 1 >= len(words):
        return True
    if words[index + 1] in _CLAUSE_STARTERS or (status == HEDGED and kind != "modal"):
        return words[index + 1] not in ("or", "nor")
    if status == HEDGED:
        return False
    if len(words[index - 1]) == 1 and len(words[index + 1]) == 1:
        return False
    for word in words[index + 1 : index + 12]:
        if word in ("or", "nor"):
            return False
        if word in (".", "!", "?", "\n", ";", "but"):
            break
    return True


def _mark_late_denials(scan: Scan, marks: list[int]) -> None:
    """`Option A (running) is incorrect`, `smashing is one possibility`: the words before are denied or guessed at, back to the clause's
    start."""
    words = scan.words
    for phrase in _LATE_DENIALS.find(words):
        index = phrase.first - 1
        while index >= 0 and phrase.first - index <= 12 and (words[index] not in _STOPS or _is_in_list(words, index, phrase.first)):
            if words[index] in _OTHER_SUBJECTS:
                break
            index -= 1
        else:
            first = max(index + 1, 0)
            status = DENIED if phrase.tag == "denied" else HEDGED
            marks[first : phrase.first] = [max(status, mark) for mark in marks[first : phrase.first]]


def _is_in_list(words: list[str], index: int, last: int) -> bool:
    """Whether a comma only lists subjects: the first of `the salt, the eggs and the milk are left out`."""
    if words[index] != "," or "and" not in words[index + 1 : last]:
        return False
    start = index
    while start > 0 and words[start - 1] not in _STOPS:
        start -= 1
    return 0 < index - start <= 3 and words[start] not in ("yes", "no")


def _mark_turned(scan: Scan, marks: list[int]) -> None:
    """`it looks like X, but it is Y`: what only looked so is a guess."""
    words = scan.words
    for cue in _SOFT.find(words):
        for index in range(cue.last, min(cue.last + 20, len(words) - 3)):
            if words[index] in ("but", "however", "yet", "actually"):
                if _states_another(words, index + 1):
                    marks[cue.first : index] = [max(mark, HEDGED) for mark in marks[cue.first : index]]
                break
            if words[index] in "!?;\n":
                break


def _states_another(words: list[str], index: int) -> bool:
    """Whether "but ..." goes on to say what it is instead, and not how well it is seen."""
    after = [word for word in words[index : index + 5] if word.isalpha() or "'" in word]
    if not after or after[0] not in {*_SUBJECTS, "actually", "really", "in", "on"}:
        return False
    return not (_UNTURNED & set(after[1:4]))


def _mark_questions(scan: Scan, marks: list[int]) -> None:
    """What is asked is not asserted."""
    words = scan.words
    if "?" not in words:
        return
    for first, last in scan.sentences:
        if last < len(words) and words[last] == "?":
            marks[first:last] = [max(mark, HEDGED) for mark in marks[first:last]]
