"""The languages whose words recall knows the forms of: what journal.toml may name."""

DEFAULT = "english"
NONE = "none"
"""No language: every word is found as it is written, and none says too little to be looked for."""

LANGUAGES = (
    DEFAULT, NONE, "arabic", "armenian", "basque", "catalan", "czech", "danish", "dutch",
    "esperanto", "estonian", "finnish", "french", "german", "greek", "hindi", "hungarian",
    "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "persian", "polish",
    "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish",
    "yiddish",
)  # fmt: skip
"""Their names; `snowballstemmer` has all but the second."""
