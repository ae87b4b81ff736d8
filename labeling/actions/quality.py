"""Keeping the figures of a project up to date.

A report is a job. It measures the parts of the project that changed since the last one, adds up
the sums of all parts, and works out the figures. Nothing is counted while a label is written.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone
from numpy.typing import NDArray

from labeling.access import WORKING_ROLES
from labeling.actions.jobs import Lease, enqueue
from labeling.kinds import AssignmentState, JobState, ProjectState
from labeling.measuring import KINDS, PART, part_number, read_part
from labeling.models import (
    Adjudication,
    Assignment,
    Label,
    Membership,
    Project,
    QualityPart,
    QualityReport,
    Review,
    Slot,
    Task,
)
from labeling.models.quality import WAITING
from labeling.quality.dawid_skene import DawidSkene
from labeling.quality.figures import criteria, median_figure, overall
from labeling.quality.leaderboard import leaderboards
from labeling.quality.people import Meetings, alerts, by_labeler, copying, fit_reliability
from labeling.quality.tables import Table, merge, unpack

SETTLED = timedelta(minutes=5)
"""Rows older than this are surely all committed, in whatever order their ids were given out."""
REST = 10
"""A report rests for this many times as long as the one before took."""
SHORTEST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
WHOLE_EVERY = timedelta(days=1)
MOST_JUDGEMENTS = 1_000_000
PAUSED_BY = ("same_place", "copies", "careless", "low_gold")
REASONS = {
    "same_place": "Your choices nearly always fall on the same place on the screen.",
    "copies": "Your answers are nearly always those of another labeler.",
    "careless": "Your answers agree with those of others hardly more than chance would.",
    "low_gold": "Your answers to tasks with a known answer are often wrong.",
}
MOST_DISPUTED = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACTIVE_DAYS = 7
TABLES = (
    *("labeler", "day", "seconds", "place", "pair", "met", "dispute"),
    *("outcome", "concordance", "rating", "comparison", "gold", "standing"),
)


def latest_report(project: Project) -> QualityReport | None:
    """The newest report that is done."""
    done = QualityReport.objects.filter(project=project, state=JobState.DONE)
    return done.order_by("-pk").first()


def disputed_tasks(project: Project) -> dict[int, float]:
    """The tasks agreed on least, by the newest report, and how far each was agreed on."""
    report = latest_report(project)
    disputed = report.figures.get("disputed", []) if report else []
    return {each["task"]: each["agreement"] for each in disputed}


def report_in_work(project: Project) -> QualityReport | None:
    return QualityReport.objects.filter(project=project, state__in=WAITING).first()


def ask_for_report(project: Project, *, whole: bool = False) -> bool:
    """Start a report unless one is in work; returns whether it did. `whole` measures everything
    anew, as the first one does and one each day."""
    before = latest_report(project)
    whole = whole or before is None or _is_old(before)
    try:
        with transaction.atomic():
            report = QualityReport.objects.create(
                project=project,
                whole=whole,
                seen_label=0 if before is None else before.seen_label,
                seen_review=0 if before is None else before.seen_review,
                measured_at=None if before is None or whole else before.measured_at,
            )
            enqueue(report)
    except IntegrityError:
        return False
    return True


def _is_old(report: QualityReport) -> bool:
    return report.measured_at is None or timezone.now() - report.measured_at > WHOLE_EVERY


def keep_fresh(project: Project, *, least: timedelta = SHORTEST_REST) -> None:
    """Ask for a report if there is something new to say and the last one has rested."""
    report = latest_report(project)
    if report is None:
        has_labels = Label.objects.filter(project=project).exists()
        if has_labels:
            ask_for_report(project)
        return
    assert report.started_at is not None
    assert report.finished_at is not None
    took = report.finished_at - report.started_at
    rest = max(least, min(LONGEST_REST, REST * took))
    if timezone.now() - report.finished_at > rest and _has_news(report):
        ask_for_report(project)


def _has_news(report: QualityReport) -> bool:
    """Whether labels or reviews came after the report began."""
    since = {"project": report.project_id, "created_at__gte": report.as_of}
    reviews = Review.objects.filter(
        pk__gt=report.seen_review,
        created_at__gte=report.as_of,
        label__project=report.project_id,
    )
    return (
        Label.objects.filter(pk__gt=report.seen_label, **since).exists()
        or reviews.exists()
        or Adjudication.objects.filter(
            task__project=report.project_id, created_at__gte=report.as_of
        ).exists()
        or _is_old(report)
    )


def keep_all_fresh() -> None:
    """Ask for reports of the projects at work, so that alerts come without anyone looking."""
    for project in Project.objects.filter(state=ProjectState.ACTIVE).order_by("pk"):
        keep_fresh(project, least=LONGEST_REST)


def write_report(report: QualityReport, lease: Lease) -> None:
    """The work of a report."""
    as_of = timezone.now()
    marks = _marks(report, as_of)
    numbers = _numbers(report)
    lease.heartbeat(progress_total=len(numbers))
    for done, number in enumerate(numbers, 1):
        _measure(report.project, number)
        lease.heartbeat(progress_done=done)
    sums, names, judged = _added_up(report.project)
    figures = _figures(report.project, sums, names, judged) if sums else {}
    boards = leaderboards(sums["comparison"], names) if sums else []
    with transaction.atomic():
        lease.write(figures=figures, summary=_summary(figures), boards=boards, as_of=as_of, **marks)
        QualityReport.objects.filter(project=report.project_id, pk__lt=report.pk).exclude(
            state__in=WAITING
        ).delete()
        if report.project.auto_pause:
            _pause(report.project, figures.get("alerts", []))


def _marks(report: QualityReport, as_of: Any) -> dict[str, Any]:
    """Up to which ids this report has surely seen everything."""
    settled = as_of - SETTLED
    labels = Label.objects.filter(project=report.project, pk__gt=report.seen_label)
    reviews = Review.objects.filter(label__project=report.project, pk__gt=report.seen_review)
    label = labels.filter(created_at__lt=settled).aggregate(top=Max("pk"))["top"]
    review = reviews.filter(created_at__lt=settled).aggregate(top=Max("pk"))["top"]
    whole = report.whole or report.measured_at is None
    return {
        "seen_label": label or report.seen_label,
        "seen_review": review or report.seen_review,
        "measured_at": as_of if whole else report.measured_at,
    }


def _numbers(report: QualityReport) -> list[int]:
    """The parts to measure."""
    if report.whole:
        span = Task.objects.filter(project=report.project).aggregate(low=Min("pk"), top=Max("pk"))
        known = QualityPart.objects.filter(project=report.project).values_list("number", flat=True)
        if span["low"] is None:
            return list(known)
        return sorted({*known, *range(span["low"] // PART, span["top"] // PART + 1)})
    before = latest_report(report.project)
    labels = Label.objects.filter(project=report.project).order_by()
    since = EPOCH if before is None or before.as_of is None else before.as_of - SETTLED
    new = labels.filter(pk__gt=report.seen_label)
    reviewed = labels.filter(review__pk__gt=report.seen_review)
    decided = labels.filter(adjudications__created_at__gte=since)
    return sorted(
        {
            number
            for rows in (new, reviewed, decided)
            for number in rows.annotate(part=part_number())
            .values_list("part", flat=True)
            .distinct()
        }
    )


def _measure(project: Project, number: int) -> None:
    found = read_part(project, number)
    if found is None:
        QualityPart.objects.filter(project=project, number=number).delete()
        return
    sums, names = found
    QualityPart.objects.update_or_create(
        project=project,
        number=number,
        defaults={"sums": sums, "names": names, "measured_at": timezone.now()},
    )


Judged = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


def _added_up(project: Project) -> tuple[dict[str, Table], dict[int, str], Judged]:
    """The sums of all parts by name, the texts of their codes, and the judgements."""
    found: dict[str, list[Table]] = {name: [] for name in TABLES}
    judged: list[tuple[NDArray[Any], ...]] = []
    names: dict[int, str] = {}
    units = 0
    parts = QualityPart.objects.filter(project=project).order_by("number")
    for sums, texts in parts.values_list("sums", "names").iterator(chunk_size=20):
        arrays = unpack(bytes(sums))
        for name in TABLES:
            found[name].append(Table(arrays[f"{name}.keys"], arrays[f"{name}.sums"]))
        judged.append((arrays["unit"] + units, arrays["judge"], arrays["said"]))
        units += int(arrays["unit"].max(initial=-1)) + 1
        names |= {int(code): text for code, text in texts.items()}
    joined = tuple(np.concatenate(columns) for columns in zip(*judged, strict=True))
    unit, judge, said = joined or (np.zeros(0, dtype=np.int64),) * 3
    return (
        {name: merge(tables) for name, tables in found.items() if tables},
        names,
        (
            unit,
            judge,
            said,
        ),
    )


def _figures(
    project: Project, sums: dict[str, Table], names: dict[int, str], judged: Judged
) -> dict[str, Any]:
    copied = copying(sums)
    fitted, judges, sampled = _reliability(*judged, {each["labeler"] for each in copied})
    people = by_labeler(sums, fitted, judges)
    whole, seconds = overall(sums), sums["seconds"]
    usual = median_figure(seconds, np.ones(len(seconds.keys), dtype=bool))
    return {
        "labels": round(sums["labeler"].column(0).sum()),
        "progress": _progress(project),
        "skips": _skips(project),
        "days": _days(sums["day"]),
        "active": _active(sums["day"]),
        "seconds": usual,
        "seconds_by_kind": {
            kind: median_figure(seconds, seconds.keys[:, 1] == code)
            for code, kind in enumerate(KINDS)
        },
        "overall": whole,
        "criteria": criteria(sums["rating"], names),
        "people": people,
        "pairs": Meetings(sums).each_two(),
        "alerts": alerts(sums, copied, people, whole["gold"], usual),
        "disputed": _disputed(project, sums["dispute"]),
        "judgements": {"used": sampled, "of": len(judged[0])},
    }


def _reliability(
    unit: NDArray[Any], judge: NDArray[Any], said: NDArray[Any], copiers: set[int]
) -> tuple[DawidSkene | None, NDArray[Any], int]:
    """The fitted model, the labelers' ids by number, and how many judgements it saw: at most
    `MOST_JUDGEMENTS`, taken evenly by unit."""
    every = -(-len(unit) // MOST_JUDGEMENTS) or 1
    kept = unit % every == 0
    fitted, labelers = fit_reliability(unit[kept], judge[kept], said[kept], copiers)
    return fitted, labelers, int(kept.sum())


def _progress(project: Project) -> dict[str, int]:
    slots = Slot.objects.filter(project=project).order_by().values_list("state")
    return dict(slots.annotate(count=Count("pk")))


def _skips(project: Project) -> dict[str, int]:
    skipped = Assignment.objects.filter(project=project, state=AssignmentState.SKIPPED)
    return dict(skipped.order_by().values_list("skip_reason").annotate(count=Count("pk")))


def _days(day: Table) -> list[dict[str, Any]]:
    """Labels, active seconds and labelers of each day that had any."""
    found = []
    for number in np.unique(day.keys[:, 1]):
        rows = day.keys[:, 1] == number
        labels, seconds = day.sums[rows].sum(axis=0)
        found.append(
            {
                "day": (EPOCH.date() + timedelta(days=int(number))).isoformat(),
                "labels": round(labels),
                "seconds": round(seconds),
                "labelers": int(rows.sum()),
            }
        )
    return found


def _active(day: Table) -> int:
    """Labelers with a label in the last seven days."""
    today = (timezone.now().date() - EPOCH.date()).days
    return len(np.unique(day.keys[day.keys[:, 1] > today - ACTIVE_DAYS, 0]))


def _summary(figures: dict[str, Any]) -> dict[str, Any]:
    """The few figures of a project that stand beside its name."""
    if not figures:
        return {}
    since = (timezone.now().date() - timedelta(days=ACTIVE_DAYS)).isoformat()
    lately = sum(each["labels"] for each in figures["days"] if each["day"] > since)
    return {
        "labels_per_day": round(lately / ACTIVE_DAYS, 1),
        "agreement": figures["overall"]["agreement"],
        "alerts": len(figures["alerts"]),
    }


def _disputed(project: Project, dispute: Table) -> list[dict[str, Any]]:
    """The tasks agreed on least that nobody has adjudicated, least first."""
    agreed = dispute.column(1) / np.maximum(dispute.column(0), 1)
    order = np.lexsort((-dispute.column(0), agreed))[: 2 * MOST_DISPUTED]
    tasks = [int(task) for task in dispute.keys[order, 0]]
    settled = set(Adjudication.objects.filter(task__in=tasks).values_list("task_id", flat=True))
    return [
        {"task": task, "agreement": float(agreed[row])}
        for task, row in zip(tasks, order, strict=True)
        if task not in settled
    ][:MOST_DISPUTED]


def _pause(project: Project, found: Iterable[dict[str, Any]]) -> None:
    """Pause whom an alert names, unless a manager has let them in again."""
    for alert in found:
        if alert["kind"] in PAUSED_BY:
            Membership.objects.filter(
                project=project,
                person=alert["labeler"],
                role__in=WORKING_ROLES,
                paused_at=None,
                pause_lifted_at=None,
            ).update(paused_at=timezone.now(), paused_reason=REASONS[alert["kind"]])
