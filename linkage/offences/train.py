"""From offence records to a model of them, without labels of anybody's making.

Forces quote each other's references: what such pairs show tells ``m``. Random pairs of two forces
tell ``u``. How many pairs of one offence there are, and how many of them quote, follows from what
all pairs of the blocks weigh (expectation and maximisation). Where fewer quote than say anything,
the typed numbers stand.
"""

from dataclasses import replace

import duckdb
import numpy as np

from linkage.delta import find_all_keys
from linkage.model import Model
from linkage.model_file import name_model
from linkage.models import offence
from linkage.offences.features import FEATURES, KEY, select_features
from linkage.offences.pairs import find_pairs
from linkage.training.estimate import Estimated, chance_of, share_of
from linkage.training.frequencies import freeze_frequencies
from linkage.training.hashes import hash_code, hash_records
from linkage.training.numbers import Numbers, bits_of, likelihood_of
from linkage.training.pairs import Sample, draw_random, read_sample
from linkage.training.recall import recall_row
from linkage.training.report import report_levels
from linkage.training.seen import drop_unseen, put_numbers
from linkage.training.structure import fit_thresholds

RECORDS = "training_record"
FEWEST_QUOTED = 25
RANDOM_PAIRS = 1_000_000
BLOCKED_PAIRS = 500_000
# Weight of the typed numbers, in pairs.
PSEUDO_MATCHES = 20.0
ROUNDS = 25
_ENTITY = offence.ENTITY
_PLACES = {comparison.name: place for place, comparison in enumerate(offence.COMPARISONS)}


def train_offences(con: duckdb.DuckDBPyConnection) -> Model:
    """A named model of offences, trained on the current records.

    Where too few records quote another force's the numbers are the typed ones: ``how`` is ``typed``
    then, and the report says why.

    Args:
        con: a workspace that holds persons and objects as the night left them.
    """
    select_features(con, into="feature")
    con.execute(
        f"CREATE OR REPLACE TABLE {RECORDS} AS SELECT row_number() OVER "
        f"(ORDER BY {', '.join(KEY)}) AS record, {', '.join(FEATURES)} FROM feature"
    )
    con.execute("DROP TABLE feature")
    start = _start(con)
    blocked = _sample_blocked(con, start)
    blocks = _measure_blocks(con, start)
    random = _sample_random(con, start)
    quoted = blocked.levels[:, _PLACES["reference"]] == 0
    report = {
        "records": con.execute(f"SELECT count(*) FROM {RECORDS}").fetchall()[0][0],
        "code_sha256": hash_code(_ENTITY),
        "data_sha256": hash_records(con, RECORDS, _ENTITY),
        "quoted": int(quoted.sum()),
        "blocks": blocks,
    }
    if quoted.sum() < FEWEST_QUOTED:
        why = (
            f"{quoted.sum()} pairs of records quote one another, and {FEWEST_QUOTED} are the "
            "fewest to train on"
        )
        typed = {"how": "typed", "why": why, "prior": start.prior, "left_out": []}
        return name_model(replace(start, report=report | typed))
    made = _estimate(con, start, blocked, random, quoted)
    comparisons, unseen = drop_unseen(
        put_numbers(start, made), start.comparisons, (blocked, random)
    )
    model = replace(
        start,
        how="trained",
        prior=made.numbers.prior,
        comparisons=comparisons,
        thresholds=fit_thresholds(start.thresholds, comparisons, offence.COMPARISONS),
    )
    told = {
        "how": "trained",
        "prior": model.prior,
        "matches": round(made.matches),
        "rounds": made.rounds,
        "comparisons": report_levels(start, made, comparisons),
        "left_out": unseen,
    }
    return name_model(replace(model, report=report | told))


def _start(con: duckdb.DuckDBPyConnection) -> Model:
    frequencies, floors = freeze_frequencies(con, RECORDS, offence.COMPARISONS, offence.RAREST)
    return Model(
        entity=_ENTITY,
        version=offence.VERSION,
        how="typed",
        prior=offence.PRIOR,
        possible=offence.POSSIBLE,
        most_records=offence.MOST_RECORDS,
        comparisons=offence.COMPARISONS,
        blocks=offence.BLOCKS,
        thresholds=offence.THRESHOLDS,
        frequencies=frequencies,
        floors=floors,
    )


def _sample_blocked(con: duckdb.DuckDBPyConnection, model: Model) -> Sample:
    """Scored pairs of two forces that the blocks bring together, chosen by a hash of their records;
    ``found`` is of no use here and 0."""
    find_all_keys(con, model, RECORDS)
    con.execute(
        f"CREATE OR REPLACE TABLE bearer AS SELECT record, force, begins, ends FROM {RECORDS}"
    )
    find_pairs(con, model)
    con.execute(
        f"CREATE OR REPLACE TABLE blocked_pair AS SELECT pair.*, 0::UBIGINT AS found FROM pair "
        f"JOIN {RECORDS} AS l ON l.record = record_l JOIN {RECORDS} AS r ON r.record = record_r "
        "WHERE l.force <> r.force"
    )
    [(size,)] = con.execute("SELECT count(*) FROM blocked_pair").fetchall()
    step = max(1, -(-size // BLOCKED_PAIRS))
    con.execute(
        "CREATE OR REPLACE TABLE blocked_sample AS FROM blocked_pair "
        f"WHERE hash(record_l, record_r) % {step} = 0"
    )
    return read_sample(con, model, RECORDS, "blocked_sample", 1 / step)


def _sample_random(con: duckdb.DuckDBPyConnection, model: Model) -> Sample:
    share = draw_random(con, RECORDS, RANDOM_PAIRS)
    con.execute(
        f"DELETE FROM random_sample USING {RECORDS} AS l, {RECORDS} AS r "
        "WHERE l.record = record_l AND r.record = record_r AND l.force = r.force"
    )
    return read_sample(con, model, RECORDS, "random_sample", share)


def _estimate(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    blocked: Sample,
    random: Sample,
    quoted: np.ndarray,
) -> Estimated:
    """Numbers of every comparison from the quoted and the random pairs; then the prior, and how
    many pairs of one offence quote, from all pairs of the blocks."""
    typed, numbers = Numbers.of(model), Numbers.of(model)
    seen, shown = [], []
    for place, comparison in enumerate(model.comparisons):
        size = len(comparison.levels) + 1
        seen.append(_count(blocked.levels[quoted, place], size))
        shown.append(_count(random.levels[:, place], size))
        if comparison.is_trained and comparison.name != "reference":
            numbers.m[place] = share_of(seen[place], typed.m[place], PSEUDO_MATCHES)
            nothing = np.full(size, np.nan)
            numbers.u[place] = chance_of(shown[place], typed.u[place], nothing)
    pairs = _pairs_of_two_forces(con)
    place = _PLACES["reference"]
    size = len(model.comparisons[place].levels) + 1
    matches, rounds = 0.0, 0
    while rounds < ROUNDS:
        rounds += 1
        likelihood = likelihood_of(bits_of(model, numbers, blocked))
        matches = float(likelihood.sum()) / blocked.share
        numbers.prior = max(matches, 1.0) / pairs
        seen[place] = np.bincount(blocked.levels[:, place] + 1, likelihood, size + 1)[1:]
        numbers.m[place] = share_of(seen[place], typed.m[place], PSEUDO_MATCHES)
    rare = [np.full(len(each), np.nan) for each in shown]
    return Estimated(numbers, matches, seen, shown, rare, rounds, [])


def _count(levels: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(levels + 1, minlength=size + 1)[1:].astype(np.float64)


def _pairs_of_two_forces(con: duckdb.DuckDBPyConnection) -> float:
    [(pairs,)] = con.execute(
        "SELECT (pow(sum(held), 2) - sum(pow(held, 2))) / 2 FROM "
        f"(SELECT count(*) AS held FROM {RECORDS} GROUP BY force)"
    ).fetchall()
    return float(pairs or 1.0)


def _measure_blocks(con: duckdb.DuckDBPyConnection, model: Model) -> list[dict[str, object]]:
    """One row a block, and one of all together, in the columns of ``link.block_recall`` but for the
    model: which share of the pairs that quote one another the blocks beside the reference find."""
    reference = next(n for n, block in enumerate(model.blocks) if block.name == "reference")
    con.execute(
        f"""
        CREATE OR REPLACE TABLE quoted_block AS
        WITH quoted AS (
            SELECT record_l, record_r FROM training_scored
            WHERE levels[{_PLACES["reference"] + 1}] = 0
        ),
        compared AS (FROM delta_key ANTI JOIN large_key USING (key))
        SELECT record_l, record_r, list(DISTINCT l.block) AS blocks
        FROM quoted JOIN compared AS l ON l.record = record_l
        JOIN compared AS r ON r.record = record_r AND r.key = l.key
        GROUP BY ALL
        """
    )
    found = con.sql("FROM quoted_block").pl()
    brought = dict(
        con.execute("SELECT block, count(*) FROM blocked_pair GROUP BY block").fetchall()
    )
    capped = {
        block: (keys, pairs)
        for block, keys, pairs in con.execute(
            "SELECT block, count(*), sum(held * (held - 1) // 2)::BIGINT FROM large_key "
            "JOIN (SELECT DISTINCT key, block FROM delta_key) USING (key) GROUP BY block"
        ).fetchall()
    }
    quoted = found.height
    rows = [
        recall_row(
            block.name,
            (brought.get(n, 0), brought.get(n, 0), 0 if n == reference else quoted,
             0 if n == reference else sum(n in blocks for blocks in found["blocks"])),
            capped.get(n, (0, 0)),
        )
        for n, block in enumerate(model.blocks)
    ]  # fmt: skip
    pairs, others = sum(brought.values()), sum(bool(set(b) - {reference}) for b in found["blocks"])
    keys, lost = (sum(each[place] for each in capped.values()) for place in (0, 1))
    return [*rows, recall_row("all rules", (pairs, pairs, quoted, others), (keys, lost))]
