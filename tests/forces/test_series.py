"""Series: an offender's habit shows, is broken at times, and is told in everybody's words."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from forces.declaration import load_declarations
from forces.simulator.chance import draw_without_repeats, stream
from forces.simulator.habits import SERIES_KINDS
from forces.simulator.methods import (
    BETWEEN,
    FACETS,
    NONE,
    count_phrases,
    draw_phrases,
    write_methods,
)
from forces.simulator.offence_kinds import KINDS
from tests.forces.simulation import FIRST, SECOND, Simulation, run

KEYS = ["force", "source_record_id"]


@pytest.fixture(scope="module")
def nation(tmp_path_factory) -> Simulation:
    folder = tmp_path_factory.mktemp("series") / "out"
    return run(folder, tuple(load_declarations()), persons=16_000, dirt="none", nights=3)


@pytest.fixture(scope="module")
def series(nation) -> pl.DataFrame:
    return nation.truth("series")


@pytest.fixture(scope="module")
def offences(nation) -> pl.DataFrame:
    return nation.table("offence_record")


@pytest.fixture(scope="module")
def told(offences, series) -> pl.DataFrame:
    """Offences of series that the first night brings."""
    one = series.unique(KEYS, keep="first", maintain_order=True)
    return offences.join(one, on=KEYS, maintain_order="left")


def suspects(nation: Simulation) -> pl.DataFrame:
    persons = nation.truth("person").select(
        "force", "truth_person_id", person_source_record_id="source_record_id"
    )
    roles = nation.table("event_role").filter(
        pl.col("role") == "suspect", pl.col("event_type") == "offence_record"
    )
    return roles.join(persons, on=["force", "person_source_record_id"])


def test_the_truth_names_offences_that_are_there_and_offenders_that_are(nation, series):
    every = nation.truth("offence").select(KEYS)
    assert series.join(every, on=KEYS, how="anti").is_empty()
    assert set(series["truth_person_id"]) <= set(nation.truth("person")["truth_person_id"])
    assert not series.select(*KEYS, "truth_person_id").is_duplicated().any()


def test_a_series_has_up_to_fifteen_offences_of_one_kind_in_one_force_or_two(told):
    of_one = told.group_by("truth_series_id").agg(
        pl.len(), pl.col("force").n_unique(), pl.col("offence_group").n_unique(),
        span=pl.col("occurred_from").max() - pl.col("occurred_from").min(),
    )  # fmt: skip
    assert of_one.height > 60
    assert of_one["len"].max() <= 15
    assert 4 < of_one["len"].mean() < 9
    assert (of_one["offence_group"] == 1).all()
    assert of_one["force"].max() == 2
    assert 0.1 < (of_one["force"] == 2).mean() < 0.4
    assert of_one["span"].median() < timedelta(days=120)
    assert of_one["span"].max() <= timedelta(days=40 * 7 + 8)


def test_a_share_is_solved_and_some_series_not_at_all(nation, told, series):
    solved = series.group_by(KEYS).agg(pl.col("is_solved").any())["is_solved"].mean()
    assert 0.22 < solved < 0.4
    any_solved = series.group_by("truth_series_id").agg(pl.col("is_solved").any())["is_solved"]
    assert 0.1 < (~any_solved).mean() < 0.5
    # What is solved names the offender, and nobody else is named in a series.
    named = suspects(nation).select(*KEYS, "truth_person_id").unique()
    of_series = named.join(told.select(*KEYS), on=KEYS)
    said = series.filter("is_solved").select(*KEYS, "truth_person_id")
    assert of_series.join(said, on=said.columns, how="anti").is_empty()
    assert of_series.height == said.join(told, on=KEYS, how="semi").height


def test_series_go_on_after_the_first_night(nation, series):
    first = date.fromisoformat(FIRST)
    later = nation.truth("offence").filter(pl.col("first_night") > first)
    of_series = series.join(later, on=KEYS, how="semi")
    assert of_series.height > 0
    brought = nation.table("offence_record", SECOND).join(series, on=KEYS, how="semi")
    assert (brought["recorded_at"].dt.date() < date.fromisoformat(SECOND)).all()


def apart(pairs: pl.DataFrame) -> pl.Series:
    return ((pairs["easting"] - pairs["easting_other"]) ** 2
            + (pairs["northing"] - pairs["northing_other"]) ** 2).sqrt()  # fmt: skip


def shared_phrases(pairs: pl.DataFrame) -> pl.Series:
    """Share of the phrases of both that both have."""
    one, other = (pairs[name].str.split(BETWEEN) for name in ("method_text", "method_text_other"))
    both = one.list.set_intersection(other).list.len()
    return both / one.list.set_union(other).list.len()


def same(told: pl.DataFrame, by: str) -> pl.DataFrame:
    """Pairs of offences of one force and kind that have ``by`` in common, or not."""
    pairs = told.join(told, on=["force", "offence_group"], suffix="_other")
    pairs = pairs.filter(pl.col("source_record_id") < pl.col("source_record_id_other"))
    return pairs.with_columns(is_same=pl.col(by) == pl.col(f"{by}_other"))


def auc(values: pl.Series, is_same: pl.Series) -> float:
    """Chance that a pair of one series has the lower value than a pair of two (Mann-Whitney)."""
    rank = values.rank()
    ones = int(is_same.sum())
    above = rank.filter(is_same).sum() - ones * (ones + 1) / 2
    return 1 - above / (ones * (len(values) - ones))


def test_place_days_hours_and_words_each_tell_series_apart_and_none_does_for_certain(told):
    pairs = same(told, "truth_series_id")
    alike = pairs["is_same"]
    assert alike.sum() > 500
    days = (pairs["occurred_from"] - pairs["occurred_from_other"]).dt.total_seconds().abs()
    minute = pl.col("minute")
    pairs = pairs.with_columns(
        minute=(pairs["occurred_from"] - pairs["occurred_from_other"]).dt.total_minutes() % 1440
    )
    hours = pairs.select(pl.min_horizontal(minute, 1440 - minute)).to_series()
    found = {
        "distance": auc(apart(pairs), alike),
        "days": auc(days, alike),
        "hours": auc(hours, alike),
        "words": auc(-shared_phrases(pairs), alike),
    }
    assert 0.7 < found["distance"] < 0.97, found
    assert 0.8 < found["days"] < 0.97, found
    assert 0.55 < found["hours"] < 0.85, found
    assert 0.65 < found["words"] < 0.92, found


def test_the_words_of_series_are_those_of_others(offences, told):
    groups = told["offence_group"].unique()
    others = offences.filter(pl.col("offence_group").is_in(groups.implode())).join(
        told, on=KEYS, how="anti"
    )

    def phrases(rows: pl.DataFrame) -> set[str]:
        return set(rows["method_text"].str.split(BETWEEN).explode(empty_as_null=False))

    assert phrases(told) <= phrases(others)


def test_of_those_kinds_nobody_else_is_named_twice_in_a_force(nation, offences, told):
    methods = {one.group for one in KINDS if one.methods in SERIES_KINDS}
    rest = offences.join(told, on=KEYS, how="anti").filter(
        pl.col("offence_group").is_in(methods - {"violence-and-sexual-offences"})
    )
    named = suspects(nation).join(rest.select(*KEYS, "offence_group"), on=KEYS)
    again = named.select("force", "truth_person_id", "offence_group").is_duplicated()
    assert named.height > 300
    assert again.mean() < 0.03


def test_one_force_alone_has_series_and_a_handful_of_people_has_none(tmp_path):
    alone = run(tmp_path / "one", ("durham",), persons=1000, nights=1)
    assert set(alone.truth("series")["force"]) == {"durham"}
    assert alone.truth("series")["truth_series_id"].n_unique() in (5, 6)
    few = run(tmp_path / "few", ("durham",), persons=20, nights=1)
    assert few.truth("series").is_empty()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.methods)
def test_a_method_says_what_was_done_and_at_times_more(kind):
    phrases = draw_phrases(kind.methods, 300, stream(1, "phrases"))
    counts = count_phrases(kind.methods)
    assert phrases.shape == (300, FACETS)
    assert (phrases[:, 0] != NONE).all()
    for facet in range(FACETS):
        most = counts[facet] if facet < len(counts) else 0
        assert set(phrases[:, facet]) <= {NONE, *range(most)}
    text = write_methods((kind.methods,), np.zeros(300, np.int64), phrases)
    said = text.str.split(BETWEEN).list.len().to_numpy()
    assert (said == (phrases != NONE).sum(axis=1)).all()


def test_the_weightier_are_drawn_sooner_and_nobody_twice():
    weights = np.array([1.0] * 90 + [20.0] * 10)
    drawn = [
        draw_without_repeats(np.arange(100), weights, 10, stream(seed, "draw"))
        for seed in range(40)
    ]
    assert all(len(set(one)) == 10 for one in drawn)
    assert np.mean([(one >= 90).mean() for one in drawn]) > 0.5
    assert len(draw_without_repeats(np.arange(3), weights[:3], 10, stream(1, "draw"))) == 3
