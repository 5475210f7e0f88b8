"""List what is kept out, by place and without values; and show one such row as it came."""

from difflib import get_close_matches

import duckdb

from console.nights import Tell
from warehouse.errors import UsageError
from warehouse.home import Home
from warehouse.night import closed_nights
from warehouse.schema import quote
from warehouse.store import open_newest

_LISTED = """
SELECT batch_id, table_name, source_file, source_row, column_name, rule, first_night,
       coalesce(ended_night, $today) - first_night AS days, state, count(*) OVER () AS found
FROM quality.quarantine
WHERE (state = 'open' OR $everything)
  AND ($force IS NULL OR force = $force) AND ($rule IS NULL OR rule = $rule)
ORDER BY first_night, batch_id, table_name, source_file, source_row, rule, column_name
LIMIT $limit
"""
# A rule that is none of the last night's may have kept out rows that are still listed.
_KNOWN = {
    "force": "SELECT force FROM reference.force UNION SELECT force FROM quality.quarantine",
    "rule": "SELECT rule FROM quality.rule UNION SELECT rule FROM quality.quarantine",
}
_NAMES_SHOWN = 60
_DELIVERY = "SELECT deliverer, delivery_id FROM quality.batch WHERE batch_id = ?"


def tell_quarantine(
    home: Home, force: str | None, rule: str | None, limit: int, tell: Tell, *, everything: bool
) -> None:
    """List rows that are kept out, those that wait longest first.

    Args:
        home: the home.
        force: only of this force.
        rule: only those that break this rule.
        limit: rows at most.
        tell: where the lines go.
        everything: those too that came back or are gone.

    Raises:
        UsageError: nothing has been published yet, or there is no such force or rule.
    """
    force = force and force.lower()
    asked = {"force": force, "rule": rule, "limit": limit, "everything": everything}
    with open_newest(home) as store:
        _refuse_unknown(store, "force", force)
        _refuse_unknown(store, "rule", rule)
        rows = store.execute(_LISTED, asked | {"today": max(closed_nights(home))}).fetchall()
    if not rows:
        about = " ".join(name for name in (force, rule) if name)
        tell(f"nothing is kept out{about and ': '}{about}")
        return
    tell(_line("since", "days", "state", "rule", "what", "batch", "file", "row"))
    for batch, table, file, number, column, broken, since, days, state, _ in rows:
        what = f"{table}.{column}" if column else table
        tell(_line(str(since), str(days), state, broken, what, batch, file, str(number)))
    found = rows[0][-1]
    if found > len(rows):
        tell(f"and {found - len(rows):,} more: --limit shows them")
    tell("one as it came, with its values: crimelink quality quarantine --show BATCH FILE ROW")


def _line(since: str, days: str, state: str, rule: str, what: str, *place: str) -> str:
    return f"{since:10}  {days:>4}  {state:10}  {rule:24} {what:36} {'  '.join(place)}"


def _refuse_unknown(store: duckdb.DuckDBPyConnection, what: str, name: str | None) -> None:
    """Refuse a name that the store does not have: of it, nothing is kept out in any case."""
    known = sorted(row[0] for row in store.execute(_KNOWN[what]).fetchall())
    if name is None or name in known:
        return
    near = get_close_matches(name, known)
    if near:
        says = f"did you mean {' or '.join(near)}?"
    elif len(known) <= _NAMES_SHOWN:
        says = f"there are: {', '.join(known)}"
    else:
        says = f'crimelink sql "SELECT DISTINCT {what} FROM quality.{what}" lists them'
    raise UsageError(f"--{what} {name}: no such {what} in the newest store; {says}")


def show_row(home: Home, batch_id: str, file: str, row: int, tell: Tell) -> None:
    """Show a row that is kept out, as it came: its values, for records managers.

    Raises:
        UsageError: there is no such batch, or no such row of it in quarantine.
    """
    with open_newest(home) as store:
        found = store.execute(_DELIVERY, [batch_id]).fetchall()
    if not found:
        raise UsageError(f"there is no batch {batch_id}")
    path = home.checked(batch_id) / "quarantine.parquet"
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT table_name, record_key, list(DISTINCT rule ORDER BY rule), any_value(raw) "
            f"FROM read_parquet({quote(str(path))}) WHERE source_file = $file "
            "AND source_row = $row GROUP BY table_name, record_key ORDER BY ALL",
            {"file": file, "row": row},
        ).fetchall()
    if not rows:
        raise UsageError(f"{batch_id}: row {row} of {file} is not in quarantine")
    deliverer, delivery_id = found[0]
    tell(f"kept bytes: {home.landing(deliverer, delivery_id) / 'files' / file}, record {row}")
    for table, key, rules, raw in rows:
        tell(f"{table} {key or '(no key)'}: {', '.join(rules)}\n{raw or '(could not be read)'}")
