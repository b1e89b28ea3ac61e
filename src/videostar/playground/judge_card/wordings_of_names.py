"""How models put a name, an option, an order or a set of names; see `wordings` for what stands in brackets."""

from __future__ import annotations

from types import MappingProxyType

from videostar.playground.judge_card.wordings_common import Wordings

NAME: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "It's {a}.",
            "This one is {a}.",
            "The {noun} shown here is {a}.",
            "I believe this is {a}.",
            "Looks like {a} to me.",
            "What we see is {a}.",
            "People who know would call it {a}.",
            "{A}, without any doubt.",
            "That would be {a}.",
            "I am fairly confident that it is {a}.",
            "You are watching {a}.",
            "{Noun}: {a}",
            "The {noun} in the video is {a}.",
            "It has to be {a}",
            "Most likely {a}.",
        ),
        "reasoned": (
            "{seen} {also} That makes it {a}.",
            "{seen} Taken together, this points to {a}.",
            "{seen} From this I gather that the {noun} is {a}.",
            "Step 1: {seen}\nStep 2: {also}\nStep 3: So the {noun} must be {a}.",
            "Let me think. {seen} {also} The {noun} is {a}, then.",
            "{seen} Because of that I settled on {a}.",
            "The {noun} is {a}. {seen} {also}",
            "- {seen}\n- {also}\n\nConclusion: {a}.",
            "To find the {noun}, I looked at the whole clip. {seen} {also} In the end it comes down to {a}.",
            "{A} is what this is. {seen} {also} Nothing else fits.",
        ),
        "contrast": (
            "{A}, not {b}.",
            "It is {a} rather than {b}.",
            "This can't be {b}; it is {a}.",
            "One might take it for {b}, yet it is {a}.",
            "Unlike {b}, which would look different, this is {a}.",
            "{B} can be excluded. What remains is {a}.",
            "People often mistake this for {b}, but it is {a}.",
            "Between {b} and {a}, the second is what I see: {a}.",
            "If it were {b}, the end would look different. It is {a}.",
            "{seen} For {b} I would expect something else, so {a}.",
            "A viewer in a hurry would say {b}. The right name is {a}.",
        ),
        "correction": (
            "{B}. No wait, {a}.",
            "I first had {b} in mind; watching again, it is {a}.",
            "{B}... hmm, actually it's {a}.",
            "Initially I read this as {b}. On a second viewing it is clearly {a}.",
            "My first impression was {b}, but that was wrong: it's {a}.",
            "It is {b} - sorry, I meant {a}.",
            "Scratch my earlier thought of {b}. Final: {a}.",
            "{B}? Let me look once more. {seen} No, {a}.",
        ),
        "numbers around": (
            "The clip lasts {one} seconds and at {two} s it is plain: {a}.",
            "I looked at {one} frames; all of them show {a}.",
            "{A}. (Confidence: {sure}%)",
            "In {one} of {two} frames the {noun} is visible, and it is {a}.",
            "1. {seen}\n2. {also}\n3. The {noun} is {a}.",
        ),
        "hedge": (
            "It might be {a}.",
            "Maybe {a}, maybe {b}.",
            "Possibly {a}, though I would not bet on it.",
            "It could be either {a} or {b}.",
            "Perhaps {a}?",
            "I am torn between {a} and {b}.",
            "{A} is one possibility, {b} another.",
            "Hard to say; it may well be {a}.",
            "Could this be {a}?",
            "{seen} That would fit {a}, but it would fit {b} just as well.",
            "I can't decide between {b} and {a}.",
        ),
        "denial": (
            "It is not {a}.",
            "I don't think this is {a}.",
            "This is certainly no {a}.",
            "{A} can be ruled out.",
            "Anything but {a}.",
            "This is neither {a} nor {b}.",
            "It would be wrong to call it {a}.",
            "{seen} So it isn't {a}.",
        ),
        "several": (
            "{A} and {b}.",
            "Both {a} and {b}.",
            "It's {a}. It's {b}.",
            "The {noun} is {a}. {seen} The {noun} is {b}.",
            "{A}, {b}.",
            "{A} as well as {b}, all in one.",
            "{A} or {b}.",
        ),
    }
)
OPTION: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "It is {a}.",
            "I choose {a}.",
            "My pick is {a}.",
            "The right one is {a}.",
            "I'd go for {a}.",
            "{A} is correct.",
            "Answer: {a}",
            "The {noun} is {a}.",
            "{A} fits best.",
        ),
        "reasoned": (
            "{seen} {also} So {a}.",
            "{seen} That leaves {a}.",
            "Looking at the clip, {a} is the only one that fits. {seen}",
            "{A}, because that is what the clip shows. {seen}",
            "{seen}\n{also}\nTherefore the answer is {a}.",
        ),
        "contrast": (
            "{A}, not {b}.",
            "{B} is wrong; {a} is right.",
            "I rule out {b} and choose {a}.",
            "It can't be {b}, so it is {a}.",
            "{A} rather than {b}.",
        ),
        "correction": (
            "{B}. No, wait: {a}.",
            "I was going to say {b}, but it is {a}.",
            "At first {b} seemed right. Having watched it again, I choose {a}.",
            "{B} - sorry, {a}.",
        ),
        "hedge": (
            "Maybe {a}.",
            "It could be {a} or {b}.",
            "{A} or {b}, I can't decide.",
            "Possibly {a}.",
            "Is it {a}?",
            "I hesitate between {a} and {b}.",
        ),
        "denial": ("Not {a}.", "It isn't {a}.", "{A} is wrong.", "I can exclude {a}."),
        "several": ("{A} and {b}.", "Both {a} and {b} are right.", "{A}, {b}.", "I choose {a}. I choose {b}."),
    }
)
ORDER: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "The order is {a}.",
            "I see {a}.",
            "{Noun}: {a}",
            "{block}",
            "Here is what happens:\n{block}",
            "The {noun} are, in order: {a}.",
            "What happens is {a}.",
            "In sequence: {a}.",
        ),
        "reasoned": (
            "{seen} {also} Put in order: {a}.",
            "{seen} So the {noun} are {a}.",
            "{seen}\n\n{block}\n\n{also}",
            "I went through the clip from start to end. {seen} The {noun}:\n{block}",
            "{A}. {seen} {also}",
        ),
        "contrast": ("It is not {b}. It is {a}.", "Not {b}, but {a}.", "{A}, and not {b}."),
        "correction": (
            "{B}. Wait, that is wrong. {A}.",
            "First I noted {b}. Looking again, the order is {a}.",
            "{B} - no, sorry: {a}.",
        ),
        "numbers around": (
            "Within {one} seconds: {a}.",
            "There are {two} cuts and {three} people watching. The {noun} are {a}.",
            "Over the {one} seconds of the clip I see {a}.",
        ),
        "hedge": ("Maybe {a}.", "It might be {a}.", "Either {a} or {b}.", "Perhaps {a}, perhaps {b}; I can't decide."),
        "denial": ("It is not {a}.", "The order is certainly not {a}."),
        "several": ("{A}. Or {b}.", "The order is {a}. The order is {b}.", "Order one: {a}. Order two: {b}. Take either."),
    }
)
SET: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "{Noun}: {a}",
            "I would say {a}.",
            "The answer is {a}.",
            "{block}",
            "My list:\n{block}",
            "It comes to {a}.",
            "What I find is {a}.",
            "I see {a} and nothing else.",
        ),
        "reasoned": (
            "{seen} {also} So: {a}.",
            "{seen} My conclusion is {a}.",
            "{seen}\n{also}\n\n{block}",
            "{A}. {seen} {also}",
            "Having gone through everything, I would write down {a}. {seen}",
        ),
        "correction": ("{B}. Wait, no: {a}.", "At first I noted {b}. On a second look it is {a}.", "{B} - sorry, I mean {a}."),
        "numbers around": ("After {one} seconds it is clear: {a}.", "I watched it {two} times in {three} sizes. My list: {a}."),
        "hedge": ("Maybe {a}.", "It may be {a}.", "Possibly {a}, I can't be sure.", "Either {a} or {b}.", "Perhaps {a}?"),
        "denial": ("It is not {a}.", "I don't see {a}.", "Certainly not {a}."),
        "several": ("Either {a}, or {b}, take your pick.", "It is only {a}. It is only {b}."),
    }
)
