"""Score pairs of records with Splink, and say which band each is in."""

import duckdb

from linkage.model import DIFFERENT, NOT_KNOWN, Comparison, Model
from linkage.scoring_sql import PAIRS, RECORDS, compile_scoring, frequency_table
from warehouse.errors import CrimelinkError
from warehouse.given import lent
from warehouse.schema import quote

# Weights are multiples of this many bits: any sum of them in double precision is exact, whatever
# the order, so that the weights of an explanation add up to the total to the last digit.
STEP = 1 / 1024


# Comparisons that stand for fingerprints. A pair that shares one is shown to a person at the least,
# whatever else speaks against it: one of the two records is wrong.
FINGERPRINTS = ("pnc", "cro")


class ModelError(CrimelinkError):
    """A model cannot score these records."""


def score_pairs(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    *,
    records: str = "record",
    pairs: str = "pair",
    into: str = "scored",
    at_least: float | None = None,
) -> None:
    """Make the table ``into``: pairs with their weights, total and band.

    Args:
        con: connection that holds the tables, in memory; working tables are left in it.
        model: the model.
        records: table with the unique BIGINT ``record`` and the features.
        pairs: table ``record_l``, ``record_r``, ``block`` (index of the block that found it).
        into: table to make: ``record_l``, ``record_r``, ``match_weight`` (bits), ``link_at`` and
            ``review_at`` (bits that a pair of its kind needs), ``band`` (link, review, possible or
            none), ``weights`` (DOUBLE[]: bits a comparison, the prior last; their sum is
            ``match_weight`` exactly), ``levels`` (TINYINT[]: index of each comparison's level,
            -1 not known), ``block``.
        at_least: bits below which a pair is left out, unless it shares what stands for
            fingerprints; None keeps every pair.

    Raises:
        ModelError: the model was made for other features than those of ``records``.
    """
    con.execute(f"CREATE OR REPLACE VIEW {RECORDS} AS FROM {records}")
    con.execute(
        f"CREATE OR REPLACE VIEW {PAIRS} AS SELECT block AS match_key, "
        f"record_l AS join_key_l, record_r AS join_key_r FROM {pairs}"
    )
    for feature in model.frequency_features:
        _make_frequencies(con, model, feature)
    scoring = model.scoring or compile_scoring(model.comparisons, model.prior, model.entity)
    query = _pairs_query(model, scoring, at_least)
    try:
        con.execute(f"CREATE OR REPLACE TABLE {into} AS {query}")
    except duckdb.BinderException as error:
        raise ModelError(
            f"model {model.model_id} compares features that this version of crimelink does not "
            "make, or makes differently. Train another (crimelink link train) and approve it."
        ) from error


def _make_frequencies(con: duckdb.DuckDBPyConnection, model: Model, feature: str) -> None:
    # Every value gets a row: Splink leaves one that is not in the table unadjusted.
    made = (
        f"SELECT r.{feature}, coalesce(known.frequency, {model.floors[feature]!r}) AS tf_{feature} "
        f"FROM (SELECT DISTINCT {feature} FROM {RECORDS} WHERE {feature} IS NOT NULL) AS r "
        f"LEFT JOIN known ON known.value = r.{feature}"
    )
    with lent(con, known=model.frequencies[feature]):
        con.execute(f"CREATE OR REPLACE TABLE {frequency_table(feature)} AS {made}")


def _pairs_query(model: Model, scoring: str, at_least: float | None) -> str:
    """The scored pairs in our own columns. Splink's ``gamma`` counts levels from the weakest."""
    names = [comparison.name for comparison in model.comparisons]
    weights = ", ".join(f"w_{name}" for name in names)
    rounded = ", ".join(
        f"{_round(_weight(comparison))} AS w_{comparison.name}" for comparison in model.comparisons
    )
    gammas = ", ".join(f"gamma_{name}" for name in names)
    levels = ", ".join(
        f"CASE WHEN gamma_{c.name} < 0 THEN -1 ELSE {len(c.levels)} - gamma_{c.name} END::TINYINT"
        for c in model.comparisons
    )
    words = ", ".join(
        f"{_words(comparison)} AS {comparison.name}" for comparison in model.comparisons
    )
    link, review = (_threshold(model, bound) for bound in ("link", "review"))
    total = " + ".join(f"w_{name}" for name in [*names, "prior"])
    # Most pairs weigh too little to be kept: what each says is worked out of the others alone.
    shared = [each for each in model.comparisons if each.name in FINGERPRINTS and each.levels]
    is_shown = "".join(f" OR gamma_{each.name} = {len(each.levels)}" for each in shared)
    kept = "" if at_least is None else f"WHERE {total} >= {at_least!r}{is_shown}"
    same = "".join(f" OR {each.name} = {quote(each.levels[0].says)}" for each in shared)
    return f"""
        WITH weighed AS (
            SELECT record_l, record_r, match_key::UTINYINT AS block, {rounded},
                   {_round(f"log2({model.prior!r} / (1 - {model.prior!r}))")} AS w_prior, {gammas}
            FROM ({scoring})
        ),
        worded AS (
            SELECT record_l, record_r, block, {total} AS match_weight,
                   [{weights}, w_prior] AS weights, [{levels}] AS levels, {words}
            FROM weighed {kept}
        ),
        whole AS (SELECT *, {link} AS link_at, {review} AS review_at FROM worded)
        SELECT record_l, record_r, match_weight, link_at, review_at,
               CASE WHEN match_weight >= link_at THEN 'link'
                    WHEN match_weight >= review_at{same} THEN 'review'
                    WHEN match_weight >= {model.possible!r} THEN 'possible' ELSE 'none' END AS band,
               weights, levels, block
        FROM whole
    """


def _round(bits: str) -> str:
    return f"round(({bits}) / {STEP}) * {STEP}"


def _weight(comparison: Comparison) -> str:
    """Splink adds the weight of a value's frequency to that of the level it belongs to."""
    has_frequency = any(level.frequency for level in comparison.levels)
    own = f"mw_{comparison.name}"
    return f"{own} + mw_tf_adj_{comparison.name}" if has_frequency else own


def _words(comparison: Comparison) -> str:
    count = len(comparison.levels)
    cases = " ".join(
        f"WHEN {count - index} THEN {quote(level.says)}"
        for index, level in enumerate(comparison.levels)
    )
    return f"CASE gamma_{comparison.name} WHEN -1 THEN '{NOT_KNOWN}' {cases} ELSE '{DIFFERENT}' END"


def _threshold(model: Model, bound: str) -> str:
    cases = " ".join(f"WHEN {each.when} THEN {getattr(each, bound)!r}" for each in model.thresholds)
    return f"CASE {cases} END::DOUBLE"
