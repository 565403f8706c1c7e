"""Which verbs there are: the file of each one's group, and what it is for."""

# verb: (the file of its group, what it does, more of that for its own help)
# A group's file holds `<verb>_options(verb)` and `do_<verb>(args)`.
VERBS = {
    "init": ("write", "make a folder a workspace", "What is there already stays as it is."),
    "append": (
        "write",
        "append an entry and print its id",
        "Without TEXT it is read from standard input, or typed in $EDITOR at a terminal.",
    ),
    "list": ("listing", "list entries, newest first", ""),
    "show": ("listing", "show one entry", ""),
    "tail": (
        "listing",
        "show the last entries, and with -f those that come",
        "With --json an object a line, texts included.",
    ),
    "day": ("read", "show a day, all writers and parts in order", ""),
    "recall": (
        "recall",
        "find entries by what they say, best first",
        (
            "A question in plain words will do: an entry answers if it holds one of them, in any"
            " form, and ranks the higher the more and the rarer they are. What must hold stands in"
            ' "quotes", or with AND OR NOT ( ) in capitals, or as field:value; fields are kind role'
            " actor tag session path namespace title id branch."
        ),
    ),
    "reindex": (
        "derived",
        "make catalog and index anew from the day files",
        "They come back by themselves when deleted; this is for when you want to be sure.",
    ),
    "completion": (
        "derived",
        "print what makes your shell complete verbs, options and ids",
        'bash: eval "$(journal completion bash)" in ~/.bashrc; zsh and fish likewise.',
    ),
    "links": ("links", "show what an entry refers to, and what refers to it", ""),
    "amend": (
        "mend",
        "accept an entry as it stands now",
        "It appends an entry that says so; nothing is rewritten.",
    ),
    "adopt": (
        "mend",
        "pin handwritten entries as they stand",
        "A change is found by verify from then on.",
    ),
    "edit": (
        "mend",
        "open a day in your editor, and check it afterwards",
        "Exit codes are those of verify.",
    ),
    "verify": (
        "read",
        "check that nobody changed a sealed entry",
        "Exit code 0: all is well; 1: an entry was edited, torn, moved or gone; 5: a chain broke.",
    ),
    "audit": (
        "audit",
        "tell who did what to the record, with which verdict, and on whose approval",
        "From the entries alone, newest last; signatures are checked by the keys in policy.yaml.",
    ),
    "seal": (
        "seal",
        "sign the heads of all chains, as a note that a person can read",
        (
            "Keep it elsewhere: `journal verify --checkpoint FILE` tells whether the journal still"
            " extends it. An entry has it, too."
        ),
    ),
    "forget": (
        "forget",
        "hide entries from lists and recall, or take their texts away",
        (
            "An entry with the reason says so. --unforget shows them again, and wants a reason too."
            " --purge is for good, and tells what git's history still holds."
        ),
    ),
    "redact": (
        "forget",
        "find and mask secrets that are in the journal already, or name values to mask",
        "What is appended goes through the same rules before anything is kept.",
    ),
    "retention": (
        "forget",
        "purge what policy.yaml keeps no longer",
        "Only when you run it: never in the background, never silently.",
    ),
    "import": (
        "imports",
        "bring in what other tools wrote, once each",
        "Sources are never touched; what is in the journal already is not brought again.",
    ),
    "inbox": (
        "inbox",
        "import the packs that were put into inbox/",
        "Each ends in inbox/done/, or in inbox/refused/ with the reason beside it.",
    ),
    "watch": (
        "watch",
        "import what other tools write, as they write it",
        "One process, until Ctrl-C; start it again and it goes on where it was.",
    ),
    "run": (
        "run",
        "record a command-line conversation: run a command in a terminal of its own",
        "What you type and what it prints become entries. The exit code is the command's.",
    ),
    "hook": (
        "hook",
        "capture what is said and done in agents and git, as it happens",
        "It writes their settings: merged, backed up, taken away again by `remove`.",
    ),
    "status": (
        "status",
        "show how the workspace is doing, and what could not be captured",
        "",
    ),
    "stats": (
        "stats",
        "show a year at a glance: entries by day, kind, actor and session",
        "Without --since or --year it is the last 53 weeks.",
    ),
    "session": (
        "session",
        "begin, end, list and restore sessions of a conversation",
        "JOURNAL_SESSION names the session that `append` and these verbs mean.",
    ),
    "path": (
        "path",
        "branch, merge and draw the lines of a conversation",
        "Each session has its own current path; JOURNAL_PATH overrides it.",
    ),
    "context": (
        "context",
        "print what an agent should be told now, each line citing its entry",
        "",
    ),
    "fact": (
        "fact",
        "say what is known to be so, list it, take it back",
        "Nothing is rewritten: what is superseded or retracted stays, and says so.",
    ),
    "dispute": (
        "dispute",
        "disagree with an entry, by one that names it",
        "It changes nothing by itself: `journal recap` shows it, and so does `journal links`.",
    ),
    "distill": (
        "distill",
        "print the prompt for summing a range of entries up; no model is called",
        "Without a range: what came since the last summary that `journal summarize` kept.",
    ),
    "summarize": (
        "distill",
        "keep a summary of a range of entries, linked to what it covers",
        "RANGE is a session, or FIRST..LAST; without one, what came since the last one.",
    ),
    "recap": (
        "recap",
        "tell who did what, each line citing its entry",
        "Hand-overs and disagreements come first.",
    ),
    "task": (
        "task",
        "say what is to do, take it, do it, and see what waits for what",
        "What changes a task is an entry that names it: nothing is rewritten.",
    ),
    "review": (
        "review",
        "show what waits for somebody to allow it; approve it, or refuse it",
        "What needs a review, and who may allow it, says policy.yaml.",
    ),
    "pack": (
        "pack",
        "take entries to another workspace, and bring in what comes from one",
        "A pack is a zip, or a folder, that says what it holds and proves it.",
    ),
    "policy": (
        "policy",
        "show, check or try what may be kept, and by which line of policy.yaml",
        "It writes nothing.",
    ),
    "doctor": (
        "health",
        "check everything around the entries too, and name what mends it",
        "It only reads. Exit code 0: all is well; 1: something is not; 5: a chain broke.",
    ),
    "repair": (
        "health",
        "mend what the doctor found",
        "Without --apply it only says what it would do. Exit code 1: something is left to do.",
    ),
    "decide": (
        "decision",
        "say what is decided, or proposed, and print its id",
        "Without a context, options or consequences TEXT is all that it says.",
    ),
    "decision": (
        "decision",
        "show decisions as they stand, or stood, accept, reject and supersede them",
        "Every change is an entry. DECISIONS.md at the workspace's root is rendered from them.",
    ),
}
