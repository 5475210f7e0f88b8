"""From records to a model, step by step."""

from collections.abc import Callable
from dataclasses import asdict, replace

import duckdb

from linkage.features import FEATURES, KEY, select_features
from linkage.model import Model
from linkage.model_file import name_model
from linkage.models import person
from linkage.score import score_pairs
from linkage.training.errors import TrainingError
from linkage.training.estimate import Estimated, estimate
from linkage.training.frequencies import freeze_frequencies
from linkage.training.hashes import hash_code, hash_records
from linkage.training.pairs import Sample, make_blocked, sample_blocked, sample_random
from linkage.training.recall import capped_pairs, found_share, measure_blocks
from linkage.training.report import report_levels, report_precision
from linkage.training.seen import drop_unseen, put_numbers
from linkage.training.structure import (
    Structure,
    fit_structure,
    fit_thresholds,
    whole_structure,
)
from linkage.training.thresholds import fit_bars
from warehouse.schema import quote
from warehouse.wording import counted

RECORDS = "training_record"
Tell = Callable[[str], None]

# Fewer records, or fewer pairs of one person among them, say too little to move a typed number.
FEWEST_RECORDS = 200
FEWEST_MATCHES = 25.0


def _silent(_: str) -> None: ...


def train(
    con: duckdb.DuckDBPyConnection,
    places: str | None,
    *,
    must: bool = True,
    tell: Tell = _silent,
) -> Model:
    """A named model of persons, trained on the current records.

    Where there are too few records the numbers are the typed ones: ``how`` is ``typed`` then, and
    the report says why.

    Args:
        con: a workspace: its ``core`` schema is the state's, and what is unqualified in memory.
        places: path of the gazetteer's Parquet; None where there is none.
        must: False where a model with typed numbers is better than none: a first night is not to
            stop the nation.
        tell: where it is said what is being done: of a million records it takes minutes.

    Raises:
        TrainingError: ``must``, and a level that the model cannot do without was never seen, or the
            records hold next to nothing.
    """
    tell("gathering what the records hold")
    _gather(con, places)
    structure = fit_structure(con, RECORDS)
    if structure.records < FEWEST_RECORDS:
        is_or_are = "is" if structure.records == 1 else "are"
        held = f"there {is_or_are} {counted(structure.records, 'record')}"
        return _typed(con, whole_structure(structure),
                      f"{held}, and {FEWEST_RECORDS} are the fewest to train on")  # fmt: skip
    if not structure.comparisons or not structure.blocks:
        why = "no record holds enough of anything to compare or to seek pairs by"
        if must:
            raise TrainingError(f"{why}: train on other records")
        return _typed(con, whole_structure(structure), why)
    start = _start(con, structure)
    tell(f"finding the pairs that {len(start.blocks)} blocks of {structure.records:,} records hold")
    make_blocked(con, start, RECORDS)
    blocked = sample_blocked(con, start, RECORDS)
    tell("drawing random pairs")
    random = sample_random(con, start, RECORDS)
    blocks = measure_blocks(con, start)
    tell("estimating what each agreement weighs")
    made = estimate(
        start, structure.records, blocked, random, found_share(blocks), capped_pairs(blocks)
    )
    if made.matches < FEWEST_MATCHES:
        return _typed(con, structure, f"about {made.matches:.0f} pairs of records are of one "
                      f"person, and {FEWEST_MATCHES:.0f} are the fewest to train on")  # fmt: skip
    tell("fitting the bars that a pair must reach")
    try:
        return _trained(con, start, structure, (blocked, random), made, blocks)
    except TrainingError as error:
        if must:
            raise
        return _typed(con, structure, str(error))


def _gather(con: duckdb.DuckDBPyConnection, places: str | None) -> None:
    """Make ``RECORDS``: the features of every current record, numbered in order of key, and
    ``source``, the force and record system that holds it."""
    if places:
        con.execute(f"CREATE OR REPLACE VIEW place AS FROM read_parquet({quote(places)})")
    select_features(con, places="place" if places else None, into="feature")
    con.execute(
        f"CREATE OR REPLACE TABLE {RECORDS} AS "
        f"SELECT row_number() OVER (ORDER BY {', '.join(KEY)}) AS record, "
        f"concat_ws('/', force, source_system) AS source, {', '.join(FEATURES)} FROM feature"
    )


def _start(con: duckdb.DuckDBPyConnection, structure: Structure) -> Model:
    frequencies, floors = freeze_frequencies(con, RECORDS, structure.comparisons, person.RAREST)
    return Model(
        entity=person.ENTITY,
        version=person.VERSION,
        how="typed",
        prior=person.PRIOR,
        possible=person.POSSIBLE,
        most_records=person.MOST_RECORDS,
        comparisons=structure.comparisons,
        blocks=structure.blocks,
        thresholds=structure.thresholds,
        frequencies=frequencies,
        floors=floors,
    )


def _typed(con: duckdb.DuckDBPyConnection, structure: Structure, why: str) -> Model:
    start = _start(con, structure)
    make_blocked(con, start, RECORDS)
    report = {
        "how": "typed",
        "why": why,
        "prior": start.prior,
        "left_out": structure.left_out,
        "blocks": measure_blocks(con, start),
    }
    return name_model(replace(start, report=report | _hashes(con, structure)))


def _trained(
    con: duckdb.DuckDBPyConnection,
    start: Model,
    structure: Structure,
    samples: tuple[Sample, Sample],
    made: Estimated,
    blocks: list[dict[str, object]],
) -> Model:
    comparisons, unseen = drop_unseen(put_numbers(start, made), start.comparisons, samples)
    model = replace(
        start,
        how="trained",
        prior=made.numbers.prior,
        comparisons=comparisons,
        thresholds=fit_thresholds(start.thresholds, comparisons),
    )
    score_pairs(con, model, records=RECORDS, pairs="blocked_sample", into="training_scored")
    thresholds, bars = fit_bars(con, model)
    model = replace(model, thresholds=thresholds)
    report = {
        "how": "trained",
        "prior": model.prior,
        "matches": round(made.matches),
        "rounds": made.rounds,
        "sampled": {"blocked": samples[0].share, "random": samples[1].share},
        "comparisons": report_levels(start, made, comparisons),
        "corrections": [asdict(each) for each in made.told],
        "left_out": [*structure.left_out, *unseen],
        "blocks": blocks,
        "thresholds": [asdict(each) for each in bars],
        "precision": report_precision(con, model, RECORDS, samples[0].share),
    }
    return name_model(replace(model, report=report | _hashes(con, structure)))


def _hashes(con: duckdb.DuckDBPyConnection, structure: Structure) -> dict[str, object]:
    return {
        "records": structure.records,
        "code_sha256": hash_code(),
        "data_sha256": hash_records(con, RECORDS),
    }
