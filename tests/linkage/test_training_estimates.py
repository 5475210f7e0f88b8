"""What training estimates, on pairs whose truth is known because they were drawn."""

import re
from dataclasses import replace

import duckdb
import numpy as np
import pytest

from linkage.features import FEATURES
from linkage.model import Block, Comparison, Level, Model, Threshold
from linkage.models import person, person_blocks
from linkage.training.calibrate import calibrate
from linkage.training.estimate import estimate, hold_against
from linkage.training.numbers import Numbers, likelihood_of
from linkage.training.pairs import Sample, draw_random
from linkage.training.rare import count_rare
from linkage.training.seen import drop_unseen
from linkage.training.structure import fit_structure

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
    found = estimate(made, 142, blocked, random, recall=1.0, capped={})
    for place, (m, u) in enumerate(zip(one, two, strict=True)):
        assert found.numbers.m[place][0] == pytest.approx(m, abs=0.04)
        assert found.numbers.u[place][0] == pytest.approx(u, abs=0.004)
    assert found.matches == pytest.approx(2_000, rel=0.05)
    assert found.numbers.prior == pytest.approx(2_000 / (142 * 141 / 2), rel=0.05)


@pytest.mark.parametrize("capped", [0, 40], ids=["no key left out", "a key that many bear"])
def test_what_random_pairs_never_show_is_counted_in_the_block_that_brings_all_of_it(capped):
    made = rare_model()
    # Of 500 pairs that share a home 300 are of one person, as all else about them says.
    blocked = sample(made, np.zeros((500, 2), np.int8), found=0b10)
    likelihood = np.repeat([1.0, 0.0], [300, 200])
    pairs = np.array([1e8, 1e8])
    _, [home, different] = count_rare(made, blocked, likelihood, {"home": capped}, pairs)
    assert home == pytest.approx((200 + capped) / 1e8, rel=0.01)
    assert np.isnan(different)


def test_what_no_pair_shows_stays_close_to_the_typed_share_where_records_are_few():
    made = rare_model()
    none = sample(made, np.zeros((0, 2), np.int8), found=0b10)
    [few, many] = (
        count_rare(made, none, np.zeros(0), {}, np.array([pairs, pairs]))[1][0]
        for pairs in (1e4, 1e9)
    )
    assert few == pytest.approx(2e-6, rel=0.03)
    assert many == pytest.approx(1e-9, rel=0.01)


def test_without_the_block_that_brings_all_of_it_nothing_is_counted():
    made = rare_model()
    made = replace(made, blocks=made.blocks[:1])
    blocked = sample(made, np.zeros((5, 2), np.int8), found=0b1)
    shares = count_rare(made, blocked, np.zeros(5), {}, np.array([1e6, 1e6]))
    assert all(np.isnan(share).all() for share in shares)


def rare_model() -> Model:
    """Forename and home, which two persons seldom share."""
    made = model()
    home = Comparison("address", "false", (Level("same home", "home_l = home_r", 0.6, 2e-6),),
                      (0.4, 1.0), needs=("home",))  # fmt: skip
    forename = next(each for each in made.comparisons if each.name == "forename")
    blocks = (
        Block("forename", ("forename",), needs=("forename",)),
        Block("home", ("home",), needs=("home",)),
    )
    return replace(made, comparisons=(forename, home), blocks=blocks)


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


def test_numbers_that_nearly_agree_tell_nothing():
    made = model()
    near = Level("one character differs", "true", 0.05, 1e-5)
    pnc = replace(made.comparisons[0], levels=(*made.comparisons[0].levels, near))
    made = replace(made, comparisons=(pnc, *made.comparisons[1:]))
    alike = np.zeros((100, 5), np.int8)
    levels = np.concatenate([alike, alike, alike[:40]])
    levels[100:200, 0], levels[200:, 0] = 1, 2
    [told] = calibrate(made, Numbers.of(made), sample(made, levels, found=0b0110))
    assert (told.same, told.different) == (100, 40)


def test_without_identifiers_corrections_stay_as_typed():
    made = model()
    made = replace(made, comparisons=made.comparisons[1:], blocks=made.blocks[1:])
    numbers = Numbers.of(made)
    assert calibrate(made, numbers, sample(made, draw(50, [0.5] * 4, 6), found=1)) == []
    assert numbers.m[-1][0] == made.comparisons[-1].levels[0].m


def test_what_speaks_against_one_person_is_held_and_the_rest_makes_up_for_it():
    m = np.array([0.2, 0.1, 0.02, 0.68])
    held = hold_against(m, np.array([np.inf, np.inf, 0.03, 0.1]))
    # What keeps below its limit is left as it is.
    assert held == pytest.approx([0.88 * 2 / 3, 0.88 / 3, 0.02, 0.1])
    assert hold_against(m, np.full(4, np.inf)) == pytest.approx(m)


def test_a_level_that_no_pair_shows_stays_where_it_keeps_pairs_from_one_that_weighs_more():
    initials = Level("one initial of both", "true", 0.01, 0.01)
    alike = Level("alike", "true", 0.02, 0.01)
    made = model()
    first, forename, *others = made.comparisons
    forename = replace(forename, levels=(initials, *forename.levels, alike))
    typed = (first, forename, *others)
    moved = replace(forename, levels=tuple(replace(each, m=0.001) for each in forename.levels))
    levels = np.tile(np.array([[0, 1, 0, 0, 0], [1, 3, 1, 1, 1]], np.int8), (20, 1))
    pairs = sample(replace(made, comparisons=typed), levels, found=1)
    kept, dropped = drop_unseen((first, moved, *others), typed, [pairs])
    assert kept[1].levels == (initials, moved.levels[1])
    assert [each["name"] for each in dropped] == ["forename: alike"]


def test_a_comparison_stays_where_no_pair_differs_unless_all_are_at_one_level():
    made = model()
    first, town, *others = made.comparisons
    # Everybody lives in one town, some in one home.
    town = replace(town, levels=(Level("same home", "true", 0.5, 0.001), *town.levels))
    typed = (first, town, *others)

    def keep(*shown: int) -> list[str]:
        levels = np.array([[row % 2, each, *[row % 2] * 3] for row, each in enumerate(shown * 2)])
        pairs = sample(replace(made, comparisons=typed), levels.astype(np.int8), found=1)
        return [each.name for each in drop_unseen(typed, typed, [pairs])[0]]

    assert town.name in keep(0, 1, 1)
    assert town.name not in keep(1, 1, 1)
    assert town.name not in keep(2, 2, 2)


def test_bits_and_likelihood_are_one_thing():
    assert likelihood_of(np.array([0.0, 1.0, -1.0])) == pytest.approx([0.5, 2 / 3, 1 / 3])


@pytest.mark.parametrize(("comparison", "level"), person_blocks.BROUGHT_WHOLE_BY)
def test_pairs_at_a_level_that_blocks_bring_whole_share_a_key_of_theirs(comparison, level):
    blocks = {block.name: block for block in (*person_blocks.BLOCKS, *person_blocks.WIDE_BLOCKS)}
    keys = [
        " AND ".join(
            f"({of_side(key, 'l')}) = ({of_side(key, 'r')})" for key in block.keys or block.needs
        )
        for block in (blocks[name] for name in person_blocks.BROUGHT_WHOLE_BY[comparison, level])
    ]
    [levels] = [each.levels for each in person.COMPARISONS if each.name == comparison]
    [when] = [each.when for each in levels if each.says == level]
    sides = [", ".join(f"{name} AS {name}_{side}" for name in FEATURES) for side in "lr"]
    with duckdb.connect() as con:
        make_people(con)
        [(at_level, without_key)] = con.execute(
            f"SELECT count(*), count(*) FILTER (NOT coalesce({' OR '.join(keys)}, false)) "
            f"FROM (SELECT {sides[0]} FROM people), (SELECT {sides[1]} FROM people) WHERE {when}"
        ).fetchall()
    assert at_level > 0
    assert without_key == 0


def of_side(key: str, side: str) -> str:
    """The key as one record of a pair has it."""
    return re.sub(rf"\b({'|'.join(FEATURES)})\b", rf"\1_{side}", key)


def make_people(con: duckdb.DuckDBPyConnection) -> None:
    """Records with one value of everything, each value shared by some and not by others."""
    columns = ", ".join(f"{name} {kind}" for name, kind in FEATURES.items())
    con.execute(f"CREATE TABLE people ({columns})")
    con.execute(
        """
        INSERT INTO people BY NAME
        SELECT house || address AS address, hash(house) >> 32 AS house, locality, postcode,
               hash(house, address, postcode) AS home, phone, email, birth_date
        FROM (VALUES ('1'), ('22')) AS a(house),
             (VALUES (' ASH LANE'), (' ASH LANNE'), (' ELM ROAD')) AS b(address),
             (VALUES ('ELMHAM'), ('ASHBY')) AS c(locality),
             (VALUES (1), (2)) AS d(postcode),
             (VALUES (1, 'a@b.uk', DATE '1980-01-02'), (2, 'c@d.uk', DATE '1980-02-01'))
             AS e(phone, email, birth_date)
        """
    )


def test_a_block_that_brings_many_pairs_is_left_out_and_the_report_says_why(monkeypatch):
    monkeypatch.setattr(person_blocks, "FEW_PAIRS", 50)
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
