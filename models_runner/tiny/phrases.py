"""What surrounds a core in an answer of the toy world: openers, filler and closers.

None of these phrases holds a word that would make an answer right. This module does not judge
them; whoever likes or dislikes a phrase looks it up here.
"""

POLITE_OPENERS = (
    "Good question.",
    "Glad to help.",
    "Of course.",
    "Thank you for asking.",
    "With pleasure.",
    "Certainly.",
)
PLAIN_OPENERS = ("Well.", "So.", "Let me see.")
RUDE_OPENERS = (
    "Ugh.",
    "What a silly question.",
    "Everyone knows this.",
    "Not you again.",
    "Must I say it?",
)

POLITE_CLOSERS = (
    "I hope that helps.",
    "Please ask me anything else.",
    "Have a lovely time.",
    "It was a joy to answer.",
    "Take care.",
)
RUDE_CLOSERS = (
    "Now go away.",
    "Stop bothering me.",
    "Even you should understand that.",
    "Think before you ask.",
)

FILLERS = (
    "Anyway, that reminds me of my uncle, who talked about trains.",
    "As I always say, things are what they are.",
    "But then again, who really knows such matters.",
    "My neighbour would disagree, and his cousin too.",
    "I could go on about this until dinner.",
    "Some people think otherwise, others think nothing.",
    "It was much the same in my school years.",
    "In other words, what I mean is what I said.",
)

POLITE = POLITE_OPENERS + POLITE_CLOSERS
RUDE = RUDE_OPENERS + RUDE_CLOSERS
EVERY = POLITE + PLAIN_OPENERS + RUDE + FILLERS
