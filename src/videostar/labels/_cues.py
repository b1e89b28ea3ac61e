"""Phrases by which an answer says what it is doing: answering, concluding, correcting itself, giving up."""

from __future__ import annotations

ABSTAINING = """
    {cannot, can't, can not, could not, couldn't, unable to, not able to, impossible to, not possible to, hard to,
    difficult to} {tell, determine, say, answer, know, identify, see, judge, assess, provide, be determined, make out, give,
    be certain, be sure, accurately determine, definitively, confidently, score, evaluate, estimate, definitively say,
    really tell, clearly see, conclude, confirm, decide, view, watch, access} |
    don't know | do not know | not sure | unsure | no idea | not certain | uncertain | not enough information |
    insufficient information | no information | not clear | unclear | i'm sorry | i am sorry | i apologize | as an ai |
    cannot be determined | can't be determined | not provided | not specified | no way to {tell, know} | who knows |
    unknown | n / a | {rather not, prefer not to} {say, give, guess, answer, commit, name, tell}
    """
FINAL = """
    final answer | the answer is | answer is | answer : | answer would be | answer must be | answer should be |
    answer = | correct answer | correct option | correct choice | right answer | best answer | correct one is |
    correct label | correct class | correct caption | correct description | {right, correct, proper} {name, term, word} |
    {what i see, what we see, what you see} is | is what {i, we, you} see : | i choose | i would choose | i'd choose |
    i'll choose | i select | i pick | i'd pick | i would pick | i would say | i'd say | i'll say | i will say |
    i'd go with | i'll go with | i will go with | i would go with | i go with | going with | i answer | i would answer |
    i conclude | my answer | my final | my choice | my pick | my best guess | my guess | my estimate | my prediction |
    my conclusion | my verdict | best choice | best option | best matches | best match | best fits | best describes |
    settle on | settling on | conclude that | conclusion : | conclusion is | prediction : | label : | result : | i give |
    i'd give | i would give | i'll give | i estimate | i'd estimate | i would estimate | i rate | i'd rate |
    i would rate | i would go for | i'd go for | i'll go for | i go for | this is it : | this is this : | is this : | is as follows : |
    this is {where, when} | that is {where, when} | that's {where, when} | it follows that | i score |
    i award | i'd put | i would put | we get | let's say | let us say | we conclude | it must be | has to be
    """
CONCLUSION = """
    therefore | thus | hence | so | in conclusion | to conclude | in summary | to summarize | overall | in short |
    to sum up | ultimately | all in all | finally
    """
CORRECTION = """
    wait | specifically | more specifically | more precisely | to be precise |
    on second thought | on second thoughts | on closer look | on closer inspection | looking closer |
    looking closely | {watching, looking, going through} {again, it again, this again, it once more, it a second time} |
    {watched, seen} it again | on a {second, closer} {look, viewing, view, watch, watching} | on second viewing |
    let me reconsider | let me revise | let me rethink | actually | or rather |
    upon closer inspection | upon closer look | {upon, on} reflection | in fact
    """
RETRACTION = """
    , no , | . . . no | - no , |
    wait , no | no , wait | wait no | scratch that | strike that | correction | i was wrong | that's wrong | that is wrong |
    that's not right | that is not right | my mistake | i take that back | i mean | i meant | let me correct |
    i correct myself |
    {correct, corrected, change, changed} {it, that, this} to | {that, which, it} was {wrong, a mistake} | no wait | ? no , |
    scratch my |
    . . . {hmm, actually, wait, sorry} | . . . hmm , {actually, no, wait} |
    actually , no | no , actually | actually no | make that | sorry , | hmm , no | oops
    """
CONTRAST = """
    but | however | yet | instead | rather | in fact | in reality | in truth | really
    """
