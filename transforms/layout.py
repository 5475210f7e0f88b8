"""Lay files of data.police.uk out as deliveries, as each force would have sent them.

``2021-03-durham-street.csv.gz``, wherever it lies under the source, becomes
``OUT/durham/2021-03-31/2021-03-durham-street.csv.gz``.
"""

import calendar
import filecmp
import os
import re
import shutil
from pathlib import Path

from transforms.listing import walk
from warehouse.errors import UsageError

_NAME = re.compile(
    r"^(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<force>[a-z]+(?:-[a-z]+)*?)"
    r"-(?P<kind>street|outcomes|stop-and-search)\.csv(?:\.gz)?$"
)


def lay_out_policeuk(source: Path, out: Path) -> dict[str, int]:
    """Copy every street, outcomes and stop-and-search file into a delivery of its force and month.

    Folders within ``source`` may be nested as in the site's archives. A file that is there already
    with the same bytes stays, so that a run that was cut short can be run again.

    Args:
        source: folder of the site's files, gzipped or not.
        out: folder of deliveries, made where it is missing.

    Returns:
        Files per force; under ``ignored`` how many other files there were, if any.

    Raises:
        UsageError: ``source`` holds no such file, or ``out`` holds another of a file's name.
    """
    counts: dict[str, int] = {}
    ignored = 0
    for path in walk(source):
        match = _NAME.match(path.name)
        if match is None or not path.is_file():
            ignored += 1
            continue
        _copy(path, out / match["force"] / _last_day(match["year"], match["month"]) / path.name)
        counts[match["force"]] = counts.get(match["force"], 0) + 1
    if not counts:
        raise UsageError(f"{source}: holds no file named like 2021-03-durham-street.csv[.gz]")
    return dict(sorted(counts.items())) | ({"ignored": ignored} if ignored else {})


def _last_day(year: str, month: str) -> str:
    return f"{year}-{month}-{calendar.monthrange(int(year), int(month))[1]:02}"


def _copy(path: Path, target: Path) -> None:
    if target.exists():
        if not filecmp.cmp(path, target, shallow=False):
            raise UsageError(f"{target}: another file of this name is there already")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.with_name(f".{target.name}.building")
    shutil.copyfile(path, building)
    os.replace(building, target)


def lay_out_areas(areas: Path, out: Path) -> Path:
    """Copy a GeoJSON file of force areas into the reference delivery of the earliest date in
    ``out``, and return where it is.

    Raises:
        UsageError: ``out`` holds no delivery yet, or another file of areas.
    """
    dates = sorted(path.name for path in out.glob("*/[0-9]*-[0-9]*-[0-9]*") if path.is_dir())
    if not dates:
        raise UsageError(f"{out}: holds no delivery yet")
    target = out / "reference" / dates[0] / "force_area.geojson"
    _copy(areas, target)
    return target
