"""What training estimates, on pairs whose truth is known because they were drawn."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest

from linkage.model import Block, Comparison, Level, Model, Threshold
from linkage.models import person
from linkage.training.calibrate import calibrate
from linkage.training.estimate import estimate
from linkage.training.numbers import Numbers, likelihood_of
from linkage.training.pairs import Sample, draw_random
from linkage.training.structure import fit_structure, fit_thresholds

NAMES = ("pnc", "forename", "birth_date", "phone")


def model(**typed: tuple[float, float]) -> Model:
    """Four comparisons of one level each; typed m and u by name; ``kin`` corrects."""
    comparisons = tuple(
        Comparison(
            name,
            "false",
            (Level("same", f"{name}_l = {name}_r", *typed.get(name, (0.9, 0.05))),),
            (1 - typed.get(name, (0.9, 0.05))[0], 1 - typed.get(name, (0.9, 0.05))[1]),
            needs=(name,),
        )
        for name in NAMES
    )
    kin = Comparison("kin", "false", (Level("possible kin", "true", 0.005, 0.5),), (0.5, 0.5),
                     is_trained=False)  # fmt: skip
    blocks = tuple(Block(name, (name,), needs=(name,)) for name in NAMES)
    thresholds = (Threshold("any", "true", 5.0, 2.0),)
    return Model(
        entity="person", version="0", how="typed", prior=0.01, possible=0.0, most_records=200,
        comparisons=(*comparisons, kin), blocks=blocks, thresholds=thresholds,
    )  # fmt: skip


def sample(made: Model, levels: np.ndarray, found: int, share: float = 1.0) -> Sample:
    """The pairs as the model would have scored them."""
    typed = Numbers.of(made)
    weights = np.stack(
        [np.log2(m / u)[levels[:, place]] for place, (m, u) in
         enumerate(zip(typed.m, typed.u, strict=True))],
        axis=1,
    )  # fmt: skip
    return Sample(levels, weights, np.full(len(levels), found, np.uint64), share)


def draw(size: int, agree: list[float], seed: int) -> np.ndarray:
    """Levels of so many pairs: 0 with the probability given a comparison, else 1 (different)."""
    random = np.random.default_rng(seed)
    return (random.random((size, len(agree))) >= np.array(agree)).astype(np.int8)


def test_shares_that_pairs_were_drawn_with_are_found_again_without_labels():
    made = model()
    one, two = [0.7, 0.8, 0.95, 0.6], [0.001, 0.02, 0.01, 0.002]
    # Nobody is kin here: the correction is at "different" throughout.
    matches, others = draw(2_000, [*one, 0.0], 1), draw(8_000, [*two, 0.0], 2)
    blocked = sample(made, np.concatenate([matches, others]), found=0b1111)
    random = sample(made, draw(50_000, [*two, 0.0], 3), found=0)
    # So few records that their pairs are these.
    found = estimate(made, 142, blocked, random, recall=1.0)
    for place, (m, u) in enumerate(zip(one, two, strict=True)):
        assert found.numbers.m[place][0] == pytest.approx(m, abs=0.04)
        assert found.numbers.u[place][0] == pytest.approx(u, abs=0.004)
    assert found.matches == pytest.approx(2_000, rel=0.05)
    assert found.numbers.prior == pytest.approx(2_000 / (142 * 141 / 2), rel=0.05)


@pytest.mark.parametrize("size", [1_000, 4_096, 12_000])
def test_random_pairs_are_of_all_records_with_all_others(size):
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE people AS SELECT i + 1 AS record FROM range({size}) AS t(i)")
        draw_random(con, "people", 20_000)
        [(pairs, apart, near)] = con.execute(
            "SELECT count(*), count(DISTINCT record_r - record_l), "
            "count(*) FILTER (record_r - record_l <= 10) FROM random_sample"
        ).fetchall()
    # Of so many draws hardly any is drawn twice, or a record with itself.
    assert pairs > 20_000 * (1 - 30 / size)
    assert apart > 0.5 * min(size, 20_000)
    assert near == pytest.approx(20_000 * 20 / size, abs=5 * (20_000 * 20 / size) ** 0.5)


@pytest.mark.parametrize(
    ("share", "kept"), [(1.0, 0.0), (0.02, -10.0)], ids=["one person", "nearly all kin"]
)
def test_identifiers_tell_how_much_a_situation_takes_off(share, kept):
    made = model()
    # Pairs in the situation, alike in all but the identifier: it tells that so many are one person.
    levels = draw(1_000, [share * 0.95, 1.0, 1.0, 1.0, 1.0], 4)
    sure = draw(500, [0.95, 1.0, 1.0, 1.0, 0.0], 5)
    numbers = Numbers.of(made)
    numbers.prior = 0.3
    pairs = sample(made, np.concatenate([levels, sure]), found=0b0110)
    [told] = calibrate(made, numbers, pairs)
    assert (told.same + told.different) == 1_000
    if kept == 0.0:
        assert told.bits > -3
    else:
        assert told.bits < kept


def test_without_identifiers_corrections_stay_as_typed():
    made = model()
    made = replace(made, comparisons=made.comparisons[1:], blocks=made.blocks[1:])
    numbers = Numbers.of(made)
    assert calibrate(made, numbers, sample(made, draw(50, [0.5] * 4, 6), found=1)) == []
    assert numbers.m[-1][0] == made.comparisons[-1].levels[0].m


def test_bits_and_likelihood_are_one_thing():
    assert likelihood_of(np.array([0.0, 1.0, -1.0])) == pytest.approx([0.5, 2 / 3, 1 / 3])


def test_a_bar_asks_nothing_of_a_comparison_that_the_model_is_without():
    given = (Threshold("no birth", "birth = 'not known' AND sex = 'same'", 8.0, 3.0),)
    sex = next(each for each in person.COMPARISONS if each.name == "sex")
    [fitted] = fit_thresholds(given, [sex])
    assert fitted.when == "'not known' = 'not known' AND sex = 'same'"


def test_every_bar_of_the_list_can_be_asked_of_a_model_without_most_comparisons():
    kept = [each for each in person.COMPARISONS if each.name in ("forename", "surname")]
    with duckdb.connect() as con:
        for each in fit_thresholds(person.THRESHOLDS, kept):
            con.execute(f"SELECT {each.when} FROM (SELECT 'same' AS forename, 'same' AS surname)")


def test_a_block_that_brings_many_pairs_is_left_out_and_the_report_says_why(monkeypatch):
    monkeypatch.setattr(person, "FEW_PAIRS", 50)
    from linkage.features import FEATURES

    with duckdb.connect() as con:
        columns = ", ".join(f"{name} {kind}" for name, kind in FEATURES.items())
        con.execute(f"CREATE TABLE people (record BIGINT, {columns})")
        con.execute(
            "INSERT INTO people BY NAME SELECT i AS record, 'ANA' AS forename, "
            "'S' || i AS surname FROM range(40) AS t(i)"
        )
        structure = fit_structure(con, "people")
    names = {block.name for block in structure.blocks}
    assert "surname" in names
    assert "forename" not in names
    [why] = [row["why"] for row in structure.left_out if row["name"] == "forename"]
    assert why == "it brings 780 pairs, more than 50"
