"""How models put a number, a count, a pair of numbers, a time, or yes and no; see `wordings` for what stands in brackets."""

from __future__ import annotations

from types import MappingProxyType

from videostar.playground.judge_card.wordings_common import Wordings

QUANTITY: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "The {noun} is {a}.",
            "I'd put the {noun} at {a}.",
            "It deserves {a}.",
            "{Noun}: {a}",
            "By my reckoning {a}.",
            "It comes to {a}.",
            "I make it {a}.",
            "I would go with {a} here.",
            "My rating is {a}.",
            "That is worth {a}.",
            "We can call it {a}",
        ),
        "reasoned": (
            "{seen} {also} That gives {a}.",
            "{seen} All in all I arrive at {a}.",
            "{seen} The {noun} is therefore {a}.",
            "Step 1: {seen}\nStep 2: {also}\nStep 3: I settle on {a}.",
            "The {noun} is {a}. {seen} {also}",
            "{seen} {also}\n\nOverall: {a}",
            "Weighing everything up, {a} seems fair. {seen}",
        ),
        "contrast": (
            "{A}, not {b}.",
            "It is closer to {a} than to {b}.",
            "{B} would be wrong. It is {a}.",
            "Others would give {b}; I give {a}.",
            "Not {b} but {a}.",
        ),
        "correction": (
            "{B}. No wait, {a}.",
            "I wrote down {b} first; after watching it again I say {a}.",
            "{B}... actually {a}.",
            "My first guess was {b}, but I correct it to {a}.",
            "{B} - sorry, {a}.",
        ),
        "numbers around": (
            "The clip runs for {one} seconds and shows {two} people; the {noun} is {a}.",
            "In frame {one} it begins, in frame {two} it is over. {Noun}: {a}.",
            "After {three} views at {two} frames per second: {a}.",
            "I am {sure}% sure that the {noun} is {a}.",
            "Number {one} of {two} attempts. I'd put the {noun} at {a}.",
            "The {noun} is {a}. There are {two} people and {three} lamps in the picture.",
            "1. {seen}\n2. {also}\n3. The {noun} is {a}.",
            "Seen from {one} metres away, with {two} cameras, this gets {a}.",
        ),
        "hedge": (
            "Maybe {a}.",
            "Anywhere from {a} to {b}.",
            "It could be {a}, it could be {b}.",
            "Perhaps {a}?",
            "Not sure. {A}? {B}?",
            "Somewhere between {a} and {b}.",
            "It might be {a}.",
        ),
        "denial": ("Not {a}.", "It is definitely not {a}.", "{A} would be wrong.", "I would not give it {a}."),
        "several": (
            "{A}. {B}.",
            "I'd say {a} and {b}.",
            "The {noun} is {a}. {seen} The {noun} is {b}.",
            "{A} or {b}.",
            "{A}, {b}, whatever you like.",
        ),
    }
)
COUNT: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "I count {a}.",
            "There are {a}.",
            "It is {a}.",
            "I see {a}.",
            "The answer is {a}.",
            "Altogether {a}.",
            "{A} in all.",
            "The number is {a}.",
        ),
        "reasoned": (
            "{seen} Counting them one by one I get {a}.",
            "{seen} {also} That makes {a}.",
            "I went through it slowly. {seen} The total is {a}.",
            "{A}. {seen} {also}",
        ),
        "contrast": ("{A}, not {b}.", "There are {a} rather than {b}.", "It isn't {b}, it is {a}.", "Others counted {b}, I count {a}."),
        "correction": (
            "{B}. No wait, {a}.",
            "I first counted {b}; going through it again there are {a}.",
            "{B}... actually {a}.",
            "{B} - sorry, {a}.",
        ),
        "numbers around": (
            "In the {one} seconds of the clip I count {a}.",
            "It starts at {two} s and ends at {three} s. The count is {a}.",
            "With {sure}% certainty: {a}.",
            "I watched {two} times. There are {a}.",
            "Frame {one}: it begins. Frame {three}: it ends. Total: {a}.",
        ),
        "hedge": (
            "Maybe {a}.",
            "{A} or {b}, hard to say.",
            "At least {a}, I would guess.",
            "It could be {a}.",
            "Between {a} and {b}.",
            "Perhaps {a}?",
        ),
        "denial": ("Not {a}.", "It is certainly not {a}.", "I don't count {a}."),
        "several": ("{A}. {B}.", "{A} and {b}.", "There are {a}. There are {b}."),
    }
)
PAIR: Wordings = MappingProxyType(
    {
        "plain": ("{a}", "{A}.", "I give {a}.", "{block}", "My ratings:\n{block}", "The dive gets {a}.", "It is rated with {a}."),
        "reasoned": ("{seen} {also} I arrive at {a}.", "{seen}\n\n{block}", "{A}. {seen}", "{seen} {also}\n{block}"),
        "correction": ("{B}. No wait: {a}.", "At first I had {b}. Watching it again I say {a}."),
        "numbers around": ("The clip has {one} seconds and {two} cuts. I give {a}.", "{A}. I watched {three} of {one} seconds twice."),
        "hedge": ("Maybe {a}.", "It could be {a}, or {b}.", "Perhaps {a}?"),
        "denial": ("Not {a}.", "It is not {a}."),
        "several": ("{A}. Or {b}.", "{A}; {b}."),
    }
)
TIME: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "It happens {a}.",
            "This is {a}.",
            "You can see it {a}.",
            "That goes on {a}.",
            "Time: {a}",
            "It takes place {a}.",
            "I would say {a}.",
        ),
        "reasoned": (
            "{seen} {also} It happens {a}.",
            "{seen} Going through the frames, I find it {a}.",
            "{A}. {seen} {also}",
            "{seen}\n{also}\nSo the stretch is {a}.",
        ),
        "contrast": ("It happens {a}, not {b}.", "Not {b}: it happens {a}."),
        "correction": (
            "{B}. No wait, {a}.",
            "I first thought of {b}; looking again, it happens {a}.",
            "It happens {b} - sorry, {a}.",
        ),
        "numbers around": (
            "Of {two} people and {three} objects in the picture, none matters. It happens {a}.",
            "I looked at {one} frames. It happens {a}.",
            "{A}. (I am {sure}% sure.)",
        ),
        "hedge": ("Maybe {a}.", "It could be {a} or {b}.", "Perhaps {a}?", "It might be {a}."),
        "denial": ("Not {a}.", "It does not happen {a}."),
        "several": ("It happens {a}. It happens {b}.", "{A}. Or {b}."),
    }
)
YES_OR_NO: Wordings = MappingProxyType(
    {
        "plain": (
            "{a}",
            "{A}.",
            "{A}, {s}.",
            "{A} - {s}.",
            "I would answer {a}.",
            "The answer is {a}.",
            "In the video {s}.",
            "It is clear that {s}.",
            "I'd say {a}.",
            "As far as I can see, {s}.",
        ),
        "reasoned": (
            "{seen} {also} So the answer is {a}.",
            "{seen} In the end {s}.",
            "{A}. {seen} {also}",
            "Step 1: {seen}\nStep 2: {also}\nStep 3: {A}.",
            "{seen} Everything considered: {a}, {s}.",
        ),
        "contrast": (
            "It may seem that {not_s}, but {s}.",
            "It is not true that {not_s}.",
            "Some would answer {b}. I answer {a}.",
            "Others claim that {not_s}; in truth {s}.",
        ),
        "correction": (
            "{B}. Wait, {s}, so {a}.",
            "At first I believed that {not_s}. Watching it again, {s}.",
            "{B} - sorry, {a}.",
            "{B}... no, actually {a}.",
        ),
        "numbers around": ("In the {one} seconds of the clip {s}.", "{A}. I am {sure}% sure.", "I looked at {one} frames; {s}."),
        "hedge": (
            "Maybe.",
            "Perhaps {s}.",
            "It is possible that {s}.",
            "{A} or {b}, I can't decide.",
            "It could be that {s}.",
            "I wonder whether {s}.",
        ),
        "several": ("Yes and no.", "{A}. {B}.", "{S} and {not_s}."),
    }
)
