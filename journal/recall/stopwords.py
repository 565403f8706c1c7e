"""Words that a question is made of rather than about: dropped from a query that has others."""

STOP = frozenset(
    """a about above after again against all am an and any are as at be because been before being
    below between both but by can cannot could did do does doing down during each few for from
    further had has have having he her here hers herself him himself his how i if in into is it its
    itself me more most my myself no nor not of off on once only or other ought our ours ourselves
    out over own same she should so some such than that the their theirs them themselves then there
    these they this those through to too under until up very was we were what when where which while
    who whom whose why will with would you your yours yourself yourselves may might many much arent
    cant couldnt didnt doesnt dont hadnt hasnt havent hed hes heres hows im ive isnt
    lets mustnt shant shes shouldnt thats theres theyd theyll theyre theyve wasnt wed
    werent weve whats wheres whens whos whys wont wouldnt youd youll youre youve
    don doesn didn isn aren wasn weren hasn haven hadn wouldn couldn shouldn mustn needn
    s t d ll re ve m""".split()
)
# What is left of "don't" and "we'll" stands in the last two lines; but "won" is also won a game.
