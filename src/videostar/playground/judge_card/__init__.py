"""How well the rules judge: answers in many wordings to the worlds' questions, of which it is known whether each is right.

Nothing here asks the judge what is right: a wording fixes what it commits to, and the label's own numbers say whether that is the
truth. `python -m videostar.playground.judge_card` prints the card.
"""
