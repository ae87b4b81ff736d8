"""How much is loaded for a screen, in KiB of gzip: the limits of the front end."""

from tests.browser.bundles import ENTRY, TEAM, added_kib, files_of, gzipped_kib, screens


def test_no_screen_of_the_team_loads_much() -> None:
    sizes = {each: gzipped_kib(files_of("file", ENTRY, TEAM, each)) for each in screens()}
    assert len(sizes) > 20
    assert {each: size for each, size in sizes.items() if size > 220} == {}


def test_formulas_code_and_charts_are_apart() -> None:
    """They come only where they are used."""
    assert 10 < added_kib("src/ui/text/Formula.tsx") <= 80
    assert 10 < added_kib("src/ui/text/Code.tsx") <= 25
    assert 10 < gzipped_kib(files_of("file", "src/ui/LineChart.tsx") - shared()) <= 30


def shared() -> set[str]:
    return files_of("file", ENTRY, TEAM, "src/features/training/TrainingRun.tsx")
