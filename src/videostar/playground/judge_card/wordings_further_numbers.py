"""Further wordings of numbers, times and yes or no, written before the rules were mended on them; see `wordings`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from videostar.playground.judge_card.wordings_common import Wordings

FURTHER_NUMBERS: Mapping[str, Wordings] = MappingProxyType(
    {
        "quantity": MappingProxyType(
            {
                "plain": (
                    "I'd score it {a}.",
                    "The {noun} should be {a}.",
                    "Let's go with {a}.",
                    "{A} seems right.",
                    "{A} it is.",
                    "My estimate for the {noun}: {a}",
                    "The {noun} amounts to {a}.",
                    "A fair value would be {a}.",
                    "**{Noun}**: {a}",
                ),
                "reasoned": (
                    "{seen} Given all that, the {noun} lands at {a}.",
                    "{seen} {also} Putting this together, I end up with {a}.",
                    "**Reasoning**\n{seen}\n\n**{Noun}**\n{a}",
                    "I weighed everything: {seen} The {noun} I would assign is {a}.",
                ),
                "contrast": (
                    "{B} is too far off; {a} is right.",
                    "{A} instead of {b}.",
                    "I would never give {b}. {A} is what it deserves.",
                ),
                "correction": (
                    "{B}? No, {a}.",
                    "I said {b} before; make that {a}.",
                    "{B}, correction: {a}.",
                    "Initially {b}, but on reflection {a}.",
                ),
                "numbers around": (
                    "There were {one} spectators, {two} flags and {three} cameras. The {noun}: {a}.",
                    "The clip is {one} seconds long, at {two} fps. I'd put the {noun} at {a}.",
                    "Page {one}, line {two}: the {noun} is {a}.",
                    "It took me {two} tries; the {noun} is {a}.",
                    "The jersey says {one}. {Noun}: {a}",
                ),
                "hedge": (
                    "Something like {a} or {b}, I can't tell.",
                    "If pressed, {a} or {b}.",
                    "{A}? I have no idea.",
                    "It could well be {a}.",
                ),
                "denial": (
                    "Never {a}.",
                    "It can't be {a}.",
                    "{A} is not what I would give.",
                ),
                "several": (
                    "{A} at first, {b} in the end, or both.",
                    "{A} and {b}.",
                    "Either {a} or {b}.",
                ),
            }
        ),
        "count": MappingProxyType(
            {
                "plain": (
                    "That's {a}.",
                    "I make it {a}.",
                    "{A} it is.",
                    "My count is {a}.",
                    "You can count {a}.",
                    "A total of {a}.",
                    "Count: {a}",
                ),
                "reasoned": (
                    "{seen} One after the other, that adds up to {a}.",
                    "**Counting**\n{seen}\n\n**Result**\n{a}",
                    "{seen} I end up with {a}.",
                ),
                "contrast": (
                    "{A} instead of {b}.",
                    "Not {b} but {a}.",
                    "It looks like {b}, but there are {a}.",
                ),
                "correction": (
                    "{B}? No, {a}.",
                    "I said {b} before; make that {a}.",
                    "{B}, correction: {a}.",
                ),
                "numbers around": (
                    "There were {one} spectators and {two} flags. I count {a}.",
                    "Over {one} frames I count {a}.",
                    "The clip is {one} seconds long. My count is {a}.",
                ),
                "hedge": (
                    "{A}? {B}? I can't tell.",
                    "Possibly {a}.",
                    "Around {a} or {b}, I lost count.",
                    "It might be {a}.",
                ),
                "denial": (
                    "It isn't {a}.",
                    "Never {a}.",
                ),
                "several": (
                    "{A} or {b}.",
                    "Either {a} or {b}.",
                    "{A}; {b}.",
                ),
            }
        ),
        "pair": MappingProxyType(
            {
                "plain": (
                    "My verdict: {a}.",
                    "I'd say {a}.",
                    "Result:\n{block}",
                    "Altogether {a}.",
                ),
                "reasoned": (
                    "{seen} {also} Hence {a}.",
                    "**Rating**\n{block}\n\n{seen}",
                ),
                "correction": (
                    "{B}? No, {a}.",
                    "I said {b} before; make that {a}.",
                    "{B}, correction: {a}.",
                ),
                "numbers around": ("There were {one} spectators and {two} flags. My verdict: {a}.",),
                "hedge": (
                    "It could well be {a}.",
                    "I can't decide between {a} and {b}.",
                ),
                "denial": (
                    "It can't be {a}.",
                    "Never {a}.",
                ),
                "several": ("Either {a} or {b}.",),
            }
        ),
        "time": MappingProxyType(
            {
                "plain": (
                    "It occurs {a}.",
                    "The relevant part is {a}.",
                    "Look {a}.",
                    "You'll find it {a}.",
                    "Answer: {a}.",
                    "I'd place it {a}.",
                ),
                "reasoned": (
                    "{seen} The part in question is {a}.",
                    "**Reasoning**\n{seen}\n\n**Time**\n{a}",
                ),
                "contrast": (
                    "Rather than {b}, it happens {a}.",
                    "It doesn't happen {b}; it happens {a}.",
                ),
                "correction": (
                    "{B}? No, {a}.",
                    "I said {b} before; make that {a}.",
                    "{B}, correction: {a}.",
                ),
                "numbers around": (
                    "With {one} frames looked at and {sure}% certainty: {a}.",
                    "There are {two} objects. It occurs {a}.",
                ),
                "hedge": (
                    "Possibly {a}.",
                    "It could well be {a}.",
                    "{A}? I can't tell.",
                ),
                "denial": (
                    "Certainly not {a}.",
                    "It can't be {a}.",
                ),
                "several": (
                    "Either {a} or {b}.",
                    "{A}; alternatively {b}.",
                ),
            }
        ),
        "yes or no": MappingProxyType(
            {
                "plain": (
                    "{A}!",
                    "{A}, definitely.",
                    "My answer is {a}.",
                    "Short answer: {a}.",
                    "{S}.",
                    "I can confirm that {s}.",
                    "It turns out that {s}.",
                ),
                "reasoned": (
                    "**Reasoning**\n{seen}\n\n**Answer**\n{a}",
                    "{seen} {also} All this tells me that {s}.",
                    "{seen} Therefore: {a}.",
                ),
                "contrast": (
                    "Contrary to what one might think, {s}.",
                    "You could believe that {not_s}. In fact {s}.",
                    "Not {b}, {a}.",
                ),
                "correction": (
                    "{B}? No wait, {a}.",
                    "I said {b} before; make that {a}.",
                    "{B}, correction: {a}.",
                    "First I thought that {not_s}, but {s}.",
                ),
                "numbers around": (
                    "At {one} seconds it is plain that {s}.",
                    "{A} ({sure}% sure).",
                    "After {two} views: {a}.",
                ),
                "hedge": (
                    "Hard to tell whether {s}.",
                    "It may be that {s}.",
                    "{A}? {B}? I can't tell.",
                    "Possibly {a}.",
                    "I couldn't say if {s}.",
                ),
                "several": (
                    "Either {a} or {b}.",
                    "{A} and {b}.",
                    "Sometimes {a}, sometimes {b}.",
                ),
            }
        ),
    }
)
