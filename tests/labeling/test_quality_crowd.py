"""The figures of a crowd whose truth is known find who should be found, and nobody else."""

import numpy as np
import pytest

from labeling.actions.jobs import run_job
from labeling.actions.quality import ask_for_report, latest_report, write_report
from labeling.models import QualityReport
from tests.labeling.crowd import Crowd, make_crowd

pytestmark = [pytest.mark.long, pytest.mark.database, pytest.mark.django_db]


def test_the_figures_of_a_crowd_whose_truth_is_known() -> None:
    crowd = make_crowd()
    assert ask_for_report(crowd.project)
    run_job(QualityReport, QualityReport.objects.get().pk, write_report)
    report = latest_report(crowd.project)
    assert report is not None
    the_suspects_are_found_and_nobody_else(crowd, report)
    reliability_follows_the_truth(crowd, report)
    the_leaderboard_has_the_planted_order_where_intervals_part(crowd, report)


def named(report: QualityReport, kind: str) -> set[int]:
    return {each["labeler"] for each in report.figures["alerts"] if each["kind"] == kind}


def the_suspects_are_found_and_nobody_else(crowd: Crowd, report: QualityReport) -> None:
    assert named(report, "careless") == crowd.careless
    assert named(report, "same_place") == {crowd.first_picker}
    assert named(report, "copies") == {crowd.copier}
    assert {each["labeler"] for each in report.figures["alerts"]} == crowd.suspects
    (copy,) = (each for each in report.figures["alerts"] if each["kind"] == "copies")
    assert copy["other"] == crowd.copied


def reliability_follows_the_truth(crowd: Crowd, report: QualityReport) -> None:
    people = report.figures["people"]
    estimate = [each["reliability"]["value"] for each in people]
    truth = [crowd.truth[each["labeler"]] for each in people]
    assert np.corrcoef(estimate, truth)[0, 1] >= 0.9


def the_leaderboard_has_the_planted_order_where_intervals_part(
    crowd: Crowd, report: QualityReport
) -> None:
    rows = report.boards[0]["rows"]
    assert len(rows) == len(crowd.strengths)
    apart = 0
    for better, row in enumerate(rows):
        for other in rows[better + 1 :]:
            if row["low"] > other["high"]:
                apart += 1
                assert crowd.strengths[row["checkpoint"]] > crowd.strengths[other["checkpoint"]]
    assert apart >= 15
    assert [board["category"] for board in report.boards] == [None, "code", "poetry"]
