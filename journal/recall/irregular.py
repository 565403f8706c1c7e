"""English words whose forms no rule folds: "went" is a form of "go"."""

_FORMS = """
be; become became; begin began begun; bend bent; bite bit bitten; blow blew blown;
break broke broken; bring brought; build built; burn burnt; buy bought; catch caught;
choose chose chosen; come came; creep crept; deal dealt; dig dug; draw drew drawn; dream dreamt;
drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt;
fight fought; find found; fly flew flown; forbid forbade forbidden; forget forgot forgotten;
forgive forgave forgiven; freeze froze frozen; get got gotten; give gave given; go goes went gone;
grind ground; grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept;
kneel knelt; know knew known; lay laid; lead led; lean leant; leap leapt; learn learnt;
leave left; lend lent; light lit; lose lost; make made; mean meant; meet met; pay paid;
prove proven; ride rode ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen;
seek sought; sell sold; send sent; sew sewn; shake shook shaken; shine shone; shoot shot;
show shown; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid; speak spoke spoken;
spend spent; spin spun; stand stood; steal stole stolen; stick stuck; sting stung; strike struck;
swear swore sworn; sweep swept; swim swam swum; swing swung; take took taken; teach taught;
tear tore torn; tell told; think thought; throw threw thrown;
understand understood; wake woke woken; wear wore worn; weave wove woven; weep wept; win won;
wind wound; withdraw withdrew withdrawn; write wrote written;
child children; person people; man men; woman women; foot feet; tooth teeth; mouse mice;
goose geese; wife wives; life lives; leaf leaves; shelf shelves; half halves; knife knives;
good better best; bad worse worst; far farthest
"""

IRREGULAR = {form: words[0] for words in map(str.split, _FORMS.split(";")) for form in words[1:]}
"""The word that each of them is a form of."""
