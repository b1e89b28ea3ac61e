"""Further wordings of names, options and lists, written before the rules were mended on them; see `wordings`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from videostar.playground.judge_card.wordings_common import Wordings

FURTHER_NAMES: Mapping[str, Wordings] = MappingProxyType(
    {
        "name": MappingProxyType(
            {
                "plain": (
                    "I'd label this {a}.",
                    "To me this reads as {a}.",
                    "The footage depicts {a}.",
                    "{A} - that's what it is.",
                    "My classification: {a}",
                    "No question about it: {a}.",
                    "Answering the question: {a}.",
                    "The {noun} performed in this clip is {a}.",
                    "In short, {a}.",
                    "I recognise {a} here.",
                    "ANSWER: {a}",
                    "Yep, {a}.",
                ),
                "reasoned": (
                    "What stands out first: {seen} {also} Everything considered, the {noun} is best described as {a}.",
                    "{seen} Since {a} is the only {noun} that looks like this, I choose {a}.",
                    "Observation: {seen}\nObservation: {also}\nVerdict: {a}",
                    "**Reasoning**\n{seen} {also}\n\n**Conclusion**\n{a}",
                    "The clip opens quietly. {seen} As it goes on, it becomes obvious that this is {a}. {also}",
                ),
                "contrast": (
                    "You could confuse it with {b}, but look at the end: it's {a}.",
                    "{B} looks similar, however what happens here is {a}.",
                    "It isn't {b} at all; it's {a}.",
                    "I considered {b} and dismissed it. {A} it is.",
                    "Where {b} would be the obvious guess, the details speak for {a}.",
                    "Definitely {a} and not {b}.",
                ),
                "correction": (
                    "{B} - correction: {a}.",
                    "Hm, {b}? No, that's {a}.",
                    "I said {b} earlier. That was a mistake; the right answer is {a}.",
                    "At a glance {b}, but after a closer look {a}.",
                    "Let me rephrase: not {b}, {a}.",
                ),
                "numbers around": (
                    "Of the {one} frames I sampled, number {two} settles it: {a}.",
                    "At {one}% of the clip you can see {a}.",
                    "{A} (seen {two} times in {one} seconds).",
                ),
                "hedge": (
                    "I'd need to see more; {a} would be a wild guess.",
                    "It may or may not be {a}.",
                    "There is some chance that this is {a}.",
                    "{A}? {B}? I really can't say.",
                    "One could argue for {a} as well as for {b}.",
                    "I lean neither to {a} nor to {b}.",
                ),
                "denial": (
                    "Whatever this is, it isn't {a}.",
                    "{A}? No.",
                    "We can safely exclude {a}.",
                    "There's no {a} in this video.",
                    "I see nothing of {a} here.",
                ),
                "several": (
                    "Partly {a}, partly {b}.",
                    "Half {a}, half {b}.",
                    "{A} plus {b}.",
                    "First I see {a}, and the {noun} is also {b}.",
                ),
            }
        ),
        "option": MappingProxyType(
            {
                "plain": (
                    "Option: {a}",
                    "I'd tick {a}.",
                    "Definitely {a}.",
                    "The clip matches {a}.",
                    "{a} it is.",
                    "The best choice is {a}.",
                ),
                "reasoned": (
                    "{seen} Only {a} agrees with that.",
                    "Going through them one by one, I end up with {a}. {seen}",
                    "**Reasoning:** {seen}\n**Choice:** {a}",
                ),
                "contrast": (
                    "{B} doesn't fit, {a} does.",
                    "Not {b}; {a}.",
                    "I prefer {a} over {b}.",
                ),
                "correction": (
                    "{B}? No, {a}.",
                    "I'd have said {b}, but on reflection it's {a}.",
                    "{B}, correction: {a}.",
                ),
                "hedge": (
                    "Either {a} or {b}.",
                    "{A}? {B}? Not sure.",
                    "It's a toss-up between {a} and {b}.",
                ),
                "denial": (
                    "{A} is not it.",
                    "Anything but {a}.",
                    "I don't think it's {a}.",
                ),
                "several": (
                    "{A} or {b}, both work.",
                    "{A}; {b}.",
                ),
            }
        ),
        "order": MappingProxyType(
            {
                "plain": (
                    "Sequence: {a}",
                    "You see {a}.",
                    "It goes like this: {a}.",
                    "Timeline:\n{block}",
                    "My answer: {a}",
                    "The following happens:\n\n{block}",
                ),
                "reasoned": (
                    "{seen} {also}\n\nThe {noun}, one after the other: {a}",
                    "Watching closely, I noted {a}. {seen}",
                    "**{noun}**\n{block}\n\n{seen}",
                ),
                "contrast": (
                    "You might expect {b}, but the clip shows {a}.",
                    "Rather than {b}, the clip shows {a}.",
                ),
                "correction": (
                    "{B}... no wait: {a}.",
                    "I said {b}, which was wrong; it is {a}.",
                    "Correction: not {b} but {a}.",
                ),
                "numbers around": (
                    "In {one} seconds and {two} frames you see {a}.",
                    "({sure}% sure) {a}",
                ),
                "hedge": (
                    "Possibly {a}.",
                    "I can't decide between {a} and {b}.",
                    "It could well be {a}.",
                ),
                "denial": (
                    "Certainly not {a}.",
                    "It isn't {a}.",
                ),
                "several": (
                    "{A}; alternatively {b}.",
                    "Either {a} or {b}.",
                ),
            }
        ),
        "set": MappingProxyType(
            {
                "plain": (
                    "I find {a}.",
                    "{Noun} present: {a}",
                    "Here you go: {a}.",
                    "All in all: {a}",
                    "It's {a}.",
                    "Result:\n{block}",
                ),
                "reasoned": (
                    "{seen} Because of this I list {a}.",
                    "**Findings**\n{block}\n\n{seen}",
                    "{seen} Having checked everything, what is left is {a}. {also}",
                ),
                "correction": (
                    "{B}... no wait: {a}.",
                    "{B} - correction: {a}.",
                    "I said {b}, which was wrong; it is {a}.",
                ),
                "numbers around": (
                    "({sure}% sure) {a}",
                    "In {one} seconds of video: {a}.",
                ),
                "hedge": (
                    "It could be {a}.",
                    "I can't decide between {a} and {b}.",
                    "There may be {a}.",
                ),
                "denial": (
                    "Definitely not {a}.",
                    "It isn't {a}.",
                ),
                "several": ("{A}; alternatively {b}.",),
            }
        ),
    }
)
