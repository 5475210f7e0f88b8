"""Account for a delivery's files: records read of each, and those that were not read at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from transforms.mapping import Records, System
from warehouse.batch import DeliveredFile, Finding

# What stands as the table of a finding about the delivery rather than its rows.
_WHOLE_DELIVERY = "batch"


def account_files(
    delivered: Sequence[DeliveredFile], read: Mapping[str, Records], system: System
) -> tuple[tuple[DeliveredFile, ...], tuple[Finding, ...]]:
    """The files with the records that were read of each, a note on those that are none of the
    system's, and the count of these as ``unknown_file``.

    A record that gives rows of several entities is one.
    """
    frames = [frame for records in read.values() for frame in (records.frame, records.rejects)]
    places = [frame.select("source_file", "source_row") for frame in frames]
    counts: dict[str, int] = {}
    if places:
        counts = dict(pl.concat(places).unique().group_by("source_file").len().iter_rows())
    unknown = {f.file for f in delivered if f.note is None and not system.knows(f.file)}
    note = f"no file of {system.name}: not read"
    files = tuple(
        replace(f, records=counts.get(f.file), note=note if f.file in unknown else f.note)
        for f in delivered
    )
    findings = [Finding(_WHOLE_DELIVERY, None, "unknown_file", len(files), len(unknown), "counted")]
    return files, tuple(findings if unknown else [])
