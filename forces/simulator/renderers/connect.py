"""The connect-like record system: change events in one file, as XML or as NDJSON.

``change_events.xml`` has a root ``ChangeEvents`` with the delivery's id, environment, kind and
``counts`` (``Person:3 Vehicle:1``), then ``Event`` elements with ``seq``, ``op`` and ``entity`` and
a child a field. ``change_events.ndjson`` says the same: a first line of the delivery, then a line
an event. Instants are milliseconds since 1970, dates their midnight in UTC.

Rates of its faults, each a share of the events it can befall:

- ``event_repeated``: an earlier state of a person or an investigation comes in the same delivery
- ``coordinates_swapped``: longitude and latitude of an event's place have changed places
- ``location_missing``: an investigation has no coordinates, postcode or location text
- ``name_migration_error``: a surname ``MIG_ERROR_<digits>`` and no given name
- ``birth_1900``: birth date 1900-01-01
- ``birth_epoch``: birth date 1970-01-01, a nought
- ``sex_words``: sex as ``male``, ``Female `` or ``Not Known``
- ``ethnicity_words_only``: ethnicity in words alone, no code
- ``postcode_placeholder``: an address's postcode is NF1 1FA
- ``offence_code_unknown``: an offence code that no list has
"""

from pathlib import Path

import polars as pl

from forces.declaration import Declaration
from forces.simulator.extract import Extract, Renderer
from forces.simulator.renderers.connect_files import write_ndjson, write_xml
from forces.simulator.renderers.connect_shapes import SHAPES
from forces.simulator.renderers.shape import Fault, Shape, plant_faults
from warehouse.contract import delivered_table
from warehouse.reference import read_reference

NOTHING = pl.lit(None, pl.String)
IS_UPSERT = pl.col("op") == "upsert"
# What an earlier state of a record lacked.
EARLIER = {
    "Person": {"MiddleNames": NOTHING, "ModifiedOn": pl.col("CreatedOn")},
    "Investigation": {"Status": pl.lit("OPEN"), "OutcomeCode": NOTHING, "OutcomeText": NOTHING},
}
PLACED = {"Investigation": "InvestigationId", "Incident": "IncidentId",
          "StopSearch": "StopSearchId"}  # fmt: skip
ODD_SEXES = {"MALE": "male", "FEMALE": "Female ", "UNKNOWN": "Not Known"}
MIGRATION_NAME = pl.concat_str(
    pl.lit("MIG_ERROR_"), (pl.col("POLE_PersonId").hash() % 100_000).cast(pl.String)
)


def _fault(name: str, entity: str, by: tuple[str, ...], changes: dict[str, pl.Expr]) -> Fault:
    """A fault of upserts, where the first of the columns it changes has a value."""
    return Fault(name, entity, by, changes, IS_UPSERT & pl.col(next(iter(changes))).is_not_null())


FAULTS = (
    _fault("location_missing", "Investigation", ("InvestigationId",),
           {"Longitude": NOTHING, "Latitude": NOTHING, "Postcode": NOTHING, "Location": NOTHING}),
    *(_fault("coordinates_swapped", entity, (key,),
             {"Longitude": pl.col("Latitude"), "Latitude": pl.col("Longitude")})
      for entity, key in PLACED.items()),
    _fault("name_migration_error", "Person", ("POLE_PersonId",),
           {"FamilyName": MIGRATION_NAME, "GivenName": NOTHING}),
    _fault("birth_1900", "Person", ("POLE_PersonId",),
           {"BirthDate": pl.lit("-2208988800000"), "BirthYear": pl.lit("1900")}),
    _fault("birth_epoch", "Person", ("POLE_PersonId",),
           {"BirthDate": pl.lit("0"), "BirthYear": pl.lit("1970")}),
    _fault("sex_words", "Person", ("POLE_PersonId",), {"Sex": pl.col("Sex").replace(ODD_SEXES)}),
    _fault("ethnicity_words_only", "Person", ("POLE_PersonId",), {"EthnicityCode": NOTHING}),
    _fault("postcode_placeholder", "PersonAddress", ("POLE_PersonId", "Postcode"),
           {"Postcode": pl.lit("NF1 1FA")}),
    _fault("offence_code_unknown", "Investigation", ("InvestigationId",),
           {"OffenceCode": pl.lit("99.99.99")}),
)  # fmt: skip


def person_id(number: pl.Expr, declaration: Declaration) -> pl.Expr:  # noqa: ARG001
    """``POLE_PersonId``: nine digits; each force counts for itself."""
    return (number + 100_000_000).cast(pl.String)


def event_id(number: pl.Expr, year: pl.Expr, declaration: Declaration) -> pl.Expr:  # noqa: ARG001
    """``InvestigationId`` and every other id: the year and eight digits."""
    return pl.concat_str(year.cast(pl.String), number.cast(pl.String).str.zfill(8))


def write(folder: Path, extract: Extract) -> dict[str, int]:
    """Write one delivery into ``folder``; the faults planted, by name."""
    (declaration,) = extract.declarations.values()
    frames = {shape.entity: _events(shape, extract) for shape in SHAPES}
    frames = {entity: events for entity, events in frames.items() if not events.is_empty()}
    planted = plant_faults(frames, FAULTS, extract.rates) | _repeat_events(frames, extract)
    frames = _numbered(frames)
    write_events = write_ndjson if declaration.form == "ndjson" else write_xml
    write_events(folder, frames, extract)
    return planted


def _events(shape: Shape, extract: Extract) -> pl.DataFrame:
    """The events of one entity: ``op`` and its fields.

    What belongs to a deleted record goes with it, without events of its own.
    """
    rows = extract.tables.get(shape.table)
    if rows is None or rows.is_empty():
        return pl.DataFrame()
    if delivered_table(shape.table).owner is not None:
        rows = rows.filter(pl.col("operation") == "upsert")
    if shape.table == "offence_record":
        codes = read_reference("offence_code").select("offence_code", "npcc_code")
        rows = rows.join(codes, on="offence_code", how="left", maintain_order="left")
    events = rows.sort("sequence", nulls_last=True, maintain_order=True)
    return events.select(op=pl.col("operation"), **shape.columns)


def _repeat_events(frames: dict[str, pl.DataFrame], extract: Extract) -> dict[str, int]:
    """Put the earlier state of some records before them; how many."""
    rate = extract.rates.get("event_repeated", 0.0)
    planted = 0
    for entity, changes in EARLIER.items():
        if rate <= 0.0 or entity not in frames:
            continue
        events = frames[entity]
        fault = Fault("event_repeated", entity, (events.columns[1],), changes, IS_UPSERT)
        earlier = events.filter(fault.hits(rate)).with_columns(**changes)
        frames[entity] = pl.concat([earlier, events])
        planted += earlier.height
    return {"event_repeated": planted} if planted else {}


def _numbered(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Events with ``seq``, running through the delivery from 1."""
    numbered, last = {}, 0
    for entity, events in frames.items():
        numbered[entity] = events.with_row_index("seq", offset=last + 1)
        last += events.height
    return numbered


RENDERER = Renderer(system="connect", person_id=person_id, event_id=event_id, write=write)
