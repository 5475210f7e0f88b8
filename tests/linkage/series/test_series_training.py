"""Training: the same rows give the same model, on folds that no offender is in two of."""

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from benchmarks.made_up_series import make_up, store_all
from linkage.series.candidates import Window, find_candidates
from linkage.series.compare import days_apart, km_apart
from linkage.series.features import gather_offences, read_offences
from linkage.series.labels import find_solved, read_suspects
from linkage.series.model_file import load_model, save_model
from linkage.series.nights import find_series
from linkage.series.training import train
from linkage.workspace import workspace
from tests.linkage.series.small_series import ask, offence, store_offences, store_suspects
from warehouse.errors import StoreError
from warehouse.home import Home
from warehouse.state import writer

NIGHT = date(2026, 1, 12)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    home = Home.of(tmp_path_factory.mktemp("training") / "home")
    with writer(home, "test") as con:
        store_all(con, make_up(9_000, in_series=0.3, solved=0.6).tables, NIGHT)
    return home


@pytest.fixture(scope="module")
def models(home) -> list:
    made = []
    for _ in range(2):
        with writer(home, "test") as con, workspace(con):
            gather_offences(con)
            made.append(train(con).model)
    return made


def test_the_same_rows_give_the_same_model(models):
    assert models[0] is not None
    assert models[0].model_id == models[1].model_id
    assert models[0].report == models[1].report


def test_it_tells_offenders_it_has_not_seen_better_than_distance_or_days_alone(models):
    by = {(row["score"], row["measure"]): row for row in models[0].report["measures"]}
    for measure in ("auc", "recall_at_5_percent_false_positives"):
        for alone in ("distance alone", "days alone"):
            assert by["model", measure]["low"] > by[alone, measure]["high"]


def test_nothing_of_a_person_is_a_feature(models):
    assert set(models[0].bits) == {
        "distance", "days", "hours", "weekday", "kind", "method", "property"
    }  # fmt: skip


def test_an_offender_and_their_co_offenders_are_in_one_fold(home):
    with writer(home, "test") as con, workspace(con):
        gather_offences(con)
        offences, suspects = read_offences(con), read_suspects(con)
    # Two persons who are named together join all that either did.
    first, second = suspects["person_id"].unique().sort().head(2)
    joined = suspects.filter(pl.col("person_id") == first).head(1)
    suspects = pl.concat([suspects, joined.with_columns(person_id=pl.lit(second))])
    solved = find_solved(offences, suspects)
    folds = pl.DataFrame({"offence": offences.offence[solved.at], "fold": solved.fold})
    of_person = suspects.join(folds, on="offence").group_by("person_id").agg(
        pl.col("fold").n_unique()
    )  # fmt: skip
    assert of_person["fold"].max() == 1
    own = suspects.join(folds, on="offence").filter(pl.col("person_id").is_in([first, second]))
    assert own["fold"].n_unique() == 1
    assert sorted(set(solved.fold.tolist())) == [0, 1, 2, 3, 4]


def test_a_home_with_too_few_solved_series_has_no_leads_and_says_why(tmp_path):
    home = Home.of(tmp_path / "home")
    store_offences(home, NIGHT, {"kent/a": offence(), "kent/b": offence()})
    find_series(home, NIGHT)
    journal = (home.night(NIGHT) / "journal.jsonl").read_text()
    assert "no offence of a kind that comes in series names a suspect" in journal
    assert ask(home, "FROM linkage.series_pair") == []


def test_too_few_solved_series_are_told_with_what_training_needs(tmp_path):
    home = Home.of(tmp_path / "home")
    later = offence(at=datetime.fromisoformat("2026-01-07 10:00"), latitude=54.79)
    store_offences(home, NIGHT, {"kent/a": offence(), "kent/b": later})
    store_suspects(home, NIGHT, {"kent/a": ["ANA"], "kent/b": ["ANA"]})
    with writer(home, "test") as con, workspace(con):
        gather_offences(con)
        trained = train(con)
    assert trained.why == (
        "1 pair of solved offences shares a suspect, of 1 offender or group of them: training "
        "needs 100 such pairs or more, of 30 offenders or more, and pairs that share none"
    )


def test_a_model_whose_words_were_changed_is_refused(tmp_path, models):
    home = Home.of(tmp_path / "home")
    save_model(home, models[0])
    assert load_model(home, models[0].model_id).bits == models[0].bits
    words = home.root / "models" / models[0].model_id / "method.parquet"
    pl.read_parquet(words).with_columns(pl.col("weight") + 1).write_parquet(words)
    with pytest.raises(StoreError, match="not those that were made"):
        load_model(home, models[0].model_id)


def test_every_pair_within_the_window_is_found_once_and_no_other(home):
    with writer(home, "test") as con, workspace(con):
        gather_offences(con)
        held = read_offences(con)
    window = Window(0.5, 7.0, 20.0)
    left, right = np.triu_indices(len(held), 1)
    km, days = km_apart(held, left, right), days_apart(held, left, right)
    near = (km > 0.5) & (km <= 7) & (days <= 20) & (held.family[left] == held.family[right])
    asked = np.arange(len(held)) % 7 == 0
    for wanted in (np.ones(len(held), bool), asked):
        expected = near & (wanted[left] | wanted[right])
        found = [(p.left, p.right) for p in find_candidates(held, wanted, window)]
        pairs = np.concatenate([np.column_stack(each) for each in found])
        assert len(pairs) == expected.sum() > 1000
        assert set(map(tuple, pairs)) == set(zip(left[expected], right[expected], strict=True))


def test_nothing_that_would_be_kept_lies_outside_of_the_narrowed_windows(models):
    model = models[0]
    table, inside = model.table, model.windows()
    rest = table[2:].max(axis=1).sum()
    for km_level, km in enumerate([*(0.05, 0.2, 0.4, 0.9, 1.9, 3.9, 7.9), 19.0], start=1):
        for day_level, days in enumerate([0.5, 2, 5, 10, 20, 40, 80], start=1):
            most = model.prior + table[0][km_level] + table[1][day_level] + rest
            is_seen = any(w.from_km < km <= w.km and days <= w.days for w in inside)
            assert is_seen or most < model.keep_bits
