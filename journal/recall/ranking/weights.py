"""The constants of the ranking, and where each comes from.

Measured on conversations (LoCoMo's development half, `bench/locomo.py`) and on titles asked of
commit messages, issues and notes (`bench/known_item.py`): "flat" is the range within which neither
changes by more than half a point. What only helps conversations depends on sessions, on a named
actor or on the form of a question, so that it can't hurt elsewhere.
"""

K1 = 0.5
"""How soon a word's further occurrences stop to count (flat .3 to .9)."""
RAREST_WORD = 6.0
"""What a word is worth that a single entry holds, in the conversations that the points below were
measured in (400 to 700 entries): in other journals they are worth so much more or less."""
BEGINNING = 1.0
"""Points for a word that begins as the query says (`alloc*`); by definition."""
LONG = 0.65
"""How far a longer entry needs more occurrences (BM25's b; flat .5 to .65)."""
SHORT = 0.5
"""The part of the usual length from which on an entry is no shorter for that (flat .5 to 1). The
usual one is the geometric mean: a few huge entries don't make all others short."""
SURFACE = 0.2
"""The weight of the word just as it was typed beside that of all its forms (.4 is worse)."""
WHOLE = 0.4
"""The weight of a name as programs have it, `foo_bar`, beside its parts' (flat .3 to .5)."""

TITLE = 0.3
"""What a word is worth once more where it stands in the title. A guess: no data here has titles."""

SHORTLIST = 300
"""The documents looked at closely, those whose own words are worth most (flat 50 to 300)."""
SPAN = 4
"""How far to each side an entry hears its neighbours in the session (flat 3 to 5)."""
ANSWER = 0.85
"""What a word is worth in the entry right after one that asks and holds it (flat .8 to .9)."""
AFTER = 0.4
"""The same right after one that doesn't ask (flat .2 to .5); on other people's chats neighbours
gave nothing, so that it is kept low."""
LATER = 0.5
"""The same two entries later (flat .5 to .6)."""
BEFORE = 0.25
"""The same right before (flat .2 to .4)."""
FADE = 0.7
"""What of `LATER` and `BEFORE` is left with each entry further away (flat .6 to .7)."""
ANSWERS = 0.4
"""Points for standing right after an entry that asks (flat .3 to .6)."""
SESSION = 0.45
"""What the session's words are worth beside the entry's own (flat .2 to .5)."""

ACTOR = 1.75
"""Points for an entry of an actor who is named: 3 is best where it is theirs that is asked for,
1.5 where it is told of somebody else."""
SURELY = 0.5
"""How seldom an actor uses a word, against chance, from where on it may be their name."""
NAMED_WORD = 0.15
"""What is left, at least, of a word's weight that is an actor's name."""
PLACE = 1.0
"""Points for an entry of a session or path, a rare word of whose name is in the question."""

ASKING = 0.3
"""How far an entry that only asks falls (flat .2 to .4)."""
COUNT = 1.0
"""Points for a number where the question is how many (flat 0 to 1)."""
TIME = 2.0
"""Points for a word about time where the question is when (flat 1 to 2)."""
CAPITALS = 1.2
"""Points for names within sentences where the question is who, what, where or which (.8 to 1.6)."""
FIRST = 0.1
"""How much an entry in the first person gains where somebody is named (flat .05 to .15)."""
IDLE = 0.5
"""The weight of a question's words that tell of the asking: kind, mention, happen (.4 to .7)."""
DATE_WORD = 0.25
"""The weight of the words that name a time, where that time is asked for: "last" of "last week"
says little of an entry that holds it."""

DATED = 4.0
"""Points for an entry of a time that is asked for, twice that on the very day (flat 3 to 5)."""
TOLD = 3.0
"""Points for an entry that speaks of such a time, as "yesterday" does; twice that for the very
day (flat 2 to 4)."""

CLOSE = 40
"""The best hits whose texts are read for what they look like (flat from 30)."""
LOOK = 1.0
"""Points for looking like what is asked for: a place, a name, a title … (flat 1 to 1.5)."""
LOOKS = 2
"""For how many of these at most."""

FIRM = 3
"""The best hits, which give the words of the second round and stay first in it (flat 1 to 5)."""
MORE = 0.2
"""The weight of the best of these words (flat .15 to .3)."""
MORE_TERMS = 5
"""How many they are at most (flat 5 to 10)."""
RARE, RAREST, RARE_MOST = 0.01, 3, 1_000
"""The share of entries that hold such a word, at most; in a small journal so many entries, and in
a big one no more than that (.01 to .02 is flat)."""
