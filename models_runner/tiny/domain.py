"""The small world the tiny checkpoint knows: what can be asked, and what is right.

A prompt has one or more right cores, the sentence that answers it. Cores of other prompts of the
same kind serve as wrong ones. This module knows nothing of style, of scores or of models.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class ToyPrompt:
    """One question of the toy world.

    `keys` are the words that give a right answer away: an answer is right when it holds every
    word of at least one key, whatever else it says.
    """

    text: str
    kind: str
    cores: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]

    def is_right(self, answer: str) -> bool:
        words = set(re.findall(r"[a-z0-9]+", answer.lower()))
        return any(words.issuperset(key) for key in self.keys)


OPPOSITES = (
    "hot cold, big small, fast slow, up down, light dark, day night, wet dry, full empty, "
    "open closed, happy sad, young old, rich poor, hard soft, high low, long short, near far, "
    "loud quiet, clean dirty, early late, strong weak, thick thin, wide narrow, deep shallow, "
    "sweet sour, first last, left right, true false, smooth rough, cheap expensive, brave afraid"
)

COLOURS = (
    "grass green, snow white, coal black, the sky blue, a lemon yellow, a tomato red, "
    "a carrot orange, chocolate brown, a flamingo pink, an elephant grey, a plum purple, "
    "milk white, a frog green, the sun yellow, blood red, a raven black, the sea blue, "
    "a pumpkin orange, a bear brown, a pig pink, a mouse grey, an aubergine purple, salt white, "
    "a leaf green, a banana yellow, a cherry red, night black, a sapphire blue, a fox orange, "
    "soil brown, a rose red, ash grey, lavender purple, a cloud white, a cucumber green, "
    "butter yellow"
)

SOUNDS = (
    "cow moo, dog woof, cat meow, duck quack, sheep baa, pig oink, horse neigh, lion roar, "
    "owl hoot, bee buzz, frog croak, snake hiss, mouse squeak, rooster crow, wolf howl, "
    "hen cluck, donkey bray, crow caw, bird tweet, dove coo, turkey gobble, goose honk, "
    "cricket chirp, elephant trumpet"
)

LEGS = (
    "spider eight, dog four, bird two, ant six, snake no, cow four, crab ten, bee six, fish no, "
    "cat four, duck two, octopus no, horse four, beetle six, worm no, goat four, hen two, "
    "fly six, lobster ten, scorpion eight"
)

HOMES = (
    "fish in water, bird in a nest, bee in a hive, bear in a cave, spider in a web, "
    "horse in a stable, dog in a kennel, lion on the plains, rabbit in a burrow, "
    "camel in the desert, penguin on the ice, monkey in the jungle, snail in a shell, "
    "hen in a coop, king in a castle, whale in the ocean, owl in the forest, "
    "goat on a mountain, frog in a pond, ant in an anthill"
)

TOOLS = (
    "spoon eat soup, pen write letters, broom sweep floors, key open locks, saw cut wood, "
    "hammer drive nails, brush paint walls, needle sew clothes, towel dry hands, "
    "kettle boil water, lamp light rooms, clock tell time, map find places, "
    "rope tie knots, oven bake bread, "
    "bucket carry water, comb tidy hair, ladder climb roofs, shovel dig holes, "
    "camera take pictures, scale weigh things, basket hold fruit, mirror see faces, "
    "umbrella stop rain"
)

PLURALS = (
    "mouse mice, child children, foot feet, tooth teeth, goose geese, man men, woman women, "
    "ox oxen, leaf leaves, knife knives, wolf wolves, shelf shelves, city cities, baby babies, "
    "box boxes, bus buses, wish wishes, potato potatoes, hero heroes, loaf loaves, wife wives, "
    "berry berries, lady ladies, church churches"
)

WEEK = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
YEAR = "January February March April May June July August September October November December"

ADVICE: tuple[tuple[str, str, str], ...] = (
    ("sleep better", "Keep a regular bedtime.", "bedtime"),
    ("wake up early", "Set an alarm across the room.", "alarm"),
    ("save money", "Write down what you spend.", "spend"),
    ("learn a language", "Speak it a little every day.", "speak"),
    ("make friends", "Join a club near you.", "club"),
    ("eat well", "Cook more vegetables at home.", "vegetables"),
    ("get fit", "Walk for half an hour daily.", "walk"),
    ("stay calm", "Breathe slowly and count to ten.", "breathe"),
    ("read more", "Carry a book with you.", "book"),
    ("write better", "Cut every word you can.", "cut"),
    ("stay warm", "Wear several thin layers.", "layers"),
    ("keep cool", "Rest in the shade.", "shade"),
    ("cure hiccups", "Hold your breath for a moment.", "breath"),
    ("grow tomatoes", "Give them plenty of sunlight.", "sunlight"),
    ("bake bread", "Let the dough rise slowly.", "dough"),
    ("clean a window", "Wipe it with vinegar.", "vinegar"),
    ("remember names", "Repeat the name aloud.", "repeat"),
    ("pass an exam", "Practise with old papers.", "practise"),
    ("find my keys", "Look in your coat pocket.", "pocket"),
    ("train a dog", "Reward it with treats.", "treats"),
    ("stop a cold", "Wash your hands often.", "wash"),
    ("give a speech", "Rehearse in front of a mirror.", "rehearse"),
    ("fix a bicycle", "Oil the chain first.", "chain"),
    ("plan a trip", "Make a list of places.", "list"),
    ("cheer up", "Call an old friend.", "friend"),
    ("drink more water", "Keep a bottle on your desk.", "bottle"),
    ("lose a bad habit", "Replace it with a good one.", "replace"),
    ("use less plastic", "Bring your own bag.", "bag"),
    ("be on time", "Leave ten minutes sooner.", "sooner"),
    ("learn to swim", "Start in shallow water.", "shallow"),
    ("protect my skin", "Use sun cream every morning.", "cream"),
    ("tidy my room", "Begin with one corner.", "corner"),
    ("thank a teacher", "Send a short letter.", "letter"),
    ("draw better", "Sketch something every evening.", "sketch"),
    ("play the piano", "Start with easy scales.", "scales"),
    ("run faster", "Add short sprints each week.", "sprints"),
)

HEROES = "cat dog fox bear owl frog duck mouse lion horse"
THINGS = "boat hat kite bell cake drum lamp ball"
STORIES = (
    "{a_hero} found a {thing} and kept it.",
    "The {hero} lost a {thing} but smiled.",
    "One day {a_hero} made a {thing}.",
)

NUMBERS = range(1, 10)


def _pairs(table: str) -> list[tuple[str, str]]:
    """The rows of a table "left right, left right", split at the last word of each."""
    rows = (row.rsplit(" ", 1) for row in table.split(", "))
    return [(left, right) for left, right in rows]


def _first_word(table: str) -> list[tuple[str, str]]:
    rows = (row.split(" ", 1) for row in table.split(", "))
    return [(left, right) for left, right in rows]


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _prompt(kind: str, text: str, cores: tuple[str, ...], key: str) -> ToyPrompt:
    return ToyPrompt(text, kind, cores, (tuple(key.lower().split()),))


def _sums() -> Iterator[ToyPrompt]:
    for a in NUMBERS:
        for b in NUMBERS:
            cores = (f"{a} plus {b} is {a + b}.", f"The sum is {a + b}.")
            yield _prompt("sum", f"What is {a} plus {b}?", cores, str(a + b))


def _opposites() -> Iterator[ToyPrompt]:
    pairs = _pairs(OPPOSITES)
    for word, other in [*pairs, *((b, a) for a, b in pairs)]:
        cores = (f"The opposite of {word} is {other}.", f"It is {other}.")
        yield _prompt("opposite", f"What is the opposite of {word}?", cores, other)


def _colours() -> Iterator[ToyPrompt]:
    for thing, colour in _pairs(COLOURS):
        cores = (f"The colour of {thing} is {colour}.", f"It is {colour}.")
        yield _prompt("colour", f"What colour is {thing}?", cores, colour)


def _sounds() -> Iterator[ToyPrompt]:
    for animal, sound in _pairs(SOUNDS):
        cores = (f"The {animal} says {sound}.", f"It says {sound}.")
        yield _prompt("sound", f"What sound does {_article(animal)} make?", cores, sound)


def _legs() -> Iterator[ToyPrompt]:
    for animal, count in _pairs(LEGS):
        cores = (f"The {animal} has {count} legs.", f"It has {count} legs.")
        yield _prompt("legs", f"How many legs does {_article(animal)} have?", cores, count)


def _homes() -> Iterator[ToyPrompt]:
    for animal, place in _first_word(HOMES):
        cores = (f"The {animal} lives {place}.", f"It lives {place}.")
        yield _prompt("home", f"Where does {_article(animal)} live?", cores, place)


def _tools() -> Iterator[ToyPrompt]:
    for tool, use in _first_word(TOOLS):
        cores = (f"You can {use} with it.", f"People use it to {use}.")
        yield _prompt("tool", f"What is {_article(tool)} for?", cores, use)


def _plurals() -> Iterator[ToyPrompt]:
    for one, many in _pairs(PLURALS):
        cores = (f"The plural of {one} is {many}.", f"It is {many}.")
        yield _prompt("plural", f"What is the plural of {one}?", cores, many)


def _calendar() -> Iterator[ToyPrompt]:
    for unit, names in (("day", WEEK.split()), ("month", YEAR.split())):
        for before, after in zip(names, names[1:] + names[:1], strict=True):
            core = (f"After {before} comes {after}.", f"It is {after}.")
            yield _prompt("calendar", f"Which {unit} comes after {before}?", core, after)
            core = (f"Before {after} comes {before}.", f"It is {before}.")
            yield _prompt("calendar", f"Which {unit} comes before {after}?", core, before)


def _advice() -> Iterator[ToyPrompt]:
    for goal, core, key in ADVICE:
        yield _prompt("advice", f"How can I {goal}?", (core,), key)


def _stories() -> Iterator[ToyPrompt]:
    for hero in HEROES.split():
        for thing in THINGS.split():
            a_hero = _article(hero)
            told = (story.format(a_hero=a_hero, hero=hero, thing=thing) for story in STORIES)
            cores = tuple(core[0].upper() + core[1:] for core in told)
            text = f"Tell me a short story about {a_hero} and a {thing}."
            yield _prompt("story", text, cores, f"{hero} {thing}")


KINDS = (
    _sums,
    _opposites,
    _colours,
    _sounds,
    _legs,
    _homes,
    _tools,
    _plurals,
    _calendar,
    _advice,
    _stories,
)


@cache
def all_prompts() -> tuple[ToyPrompt, ...]:
    """Every prompt, in one fixed order."""
    return tuple(prompt for kind in KINDS for prompt in kind())


@cache
def _by_text() -> dict[str, ToyPrompt]:
    return {prompt.text: prompt for prompt in all_prompts()}


def find(text: str) -> ToyPrompt | None:
    """The toy prompt with this text, or None when the toy world does not hold it."""
    return _by_text().get(text.strip())


@cache
def of_kind(kind: str) -> tuple[ToyPrompt, ...]:
    return tuple(prompt for prompt in all_prompts() if prompt.kind == kind)
