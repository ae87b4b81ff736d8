from exports.contamination import Unseen

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def test_the_same_words_repeat_a_prompt() -> None:
    unseen = Unseen(["What is 2 + 2?"])
    assert unseen.repeated_by("what is  2+2")
    assert not unseen.repeated_by("what is 2+3")


def test_a_run_of_words_repeats_a_prompt() -> None:
    unseen = Unseen([LONG], 13)
    words = LONG.split()
    assert unseen.repeated_by("Tell me: " + ", ".join(words[1:]) + "!")
    assert not unseen.repeated_by("Tell me: " + " ".join(words[2:]))
    assert Unseen([LONG], 12).repeated_by("Tell me: " + " ".join(words[2:]))


def test_prompts_without_words_are_told_apart() -> None:
    assert Unseen(["🙂"]).repeated_by(" 🙂 ")
    assert not Unseen(["🙂"]).repeated_by("🙁")
