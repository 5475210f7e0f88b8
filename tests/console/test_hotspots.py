"""The hotspots of a small made-up store, taken out as files."""

import json
import re
import stat

import duckdb
import geopandas
import pytest
import shapely

from console.hotspot_layer import _finest
from console.hotspots import tell_export
from tests.warehouse.hotspots.made_store import NIGHT, WEST, made_store
from warehouse.contract.hotspot import HOTSPOT
from warehouse.errors import LockedError, UsageError
from warehouse.home import Home, exclusive


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home.of(tmp_path_factory.mktemp("home"))
    home.store.mkdir(parents=True)
    file = home.store / f"crimelink-{NIGHT}.duckdb"
    with made_store(str(file)) as con:
        con.execute("INSERT INTO reference.force (force, name) VALUES "
                    "('alpha', 'Alpha Police'), ('beta', 'Beta </script> Police')")  # fmt: skip
        con.execute("INSERT INTO reference.force_area (ons_code, force, boundary) VALUES "
                    "('E23000099', 'beta', $boundary)", {"boundary": WEST})  # fmt: skip
    home.current.symlink_to(file)
    return home


@pytest.fixture(scope="module")
def exported(home, tmp_path_factory):
    """The folder, and what was told."""
    out, told = tmp_path_factory.mktemp("out"), []
    tell_export(home, out, None, None, with_few=False, tell=told.append)
    return out, told


def export(home, out, *, forces=None, unit=None, with_few=False):
    told = []
    tell_export(home, out, forces, unit, with_few=with_few, tell=told.append)
    return told


def rows(home, condition):
    with duckdb.connect(str(home.current), read_only=True) as con:
        return con.execute(f"SELECT * FROM mart.hotspot WHERE {condition}").fetchall()


def test_each_force_has_four_files_of_its_finest_hexagons_and_they_are_private(exported):
    out, _ = exported
    found = {str(path.relative_to(out)) for path in out.rglob("*.*") if path.name != ".lock"}
    assert found == {
        f"{force}/{name}"
        for force, unit in (("alpha", "h3_r9"), ("beta", "h3_r8"))
        for name in (f"hotspot_{unit}.geojson", f"hotspot_{unit}.parquet", f"map_{unit}.html",
                     f"map_{unit}.png")
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*.*")} == {0o600}


def test_geojson_holds_every_row_that_is_not_suppressed(home, exported):
    text = (exported[0] / "alpha" / "hotspot_h3_r9.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    of_mart = rows(home, "force = 'alpha' AND unit = 'h3_r9' AND NOT suppressed")
    assert len(features) == len(of_mart) > 50
    assert list(features[0]["properties"]) == [*HOTSPOT.names, "name"]
    assert {f["properties"]["n_12m"] >= 5 for f in features
            if f["properties"]["measure"] == "offences"} == {True}  # fmt: skip
    outline = shapely.geometry.shape(features[0]["geometry"])
    assert outline.exterior.is_ccw
    assert max(len(f"{value}".split(".")[1]) for value in outline.exterior.coords[0]) <= 6
    assert shapely.box(-2.1, 54.3, -1.8, 54.6).contains(outline)


def test_geoparquet_says_the_same_with_its_reference_system(exported):
    frame = geopandas.read_parquet(exported[0] / "alpha" / "hotspot_h3_r9.parquet")
    features = json.loads(
        (exported[0] / "alpha" / "hotspot_h3_r9.geojson").read_text(encoding="utf-8")
    )["features"]
    assert frame.crs.to_epsg() == 4326
    assert frame["area"].to_list() == [f["properties"]["area"] for f in features]
    assert frame["eb_rate"].to_list() == [f["properties"]["eb_rate"] for f in features]
    outlines = [shapely.geometry.shape(f["geometry"]) for f in features]
    assert all(shapely.equals_exact(frame.geometry.values, outlines, tolerance=1e-9))


def test_the_page_needs_nothing_but_itself(exported):
    page = (exported[0] / "beta" / "map_h3_r8.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)=.?https?:", page)
    assert "default-src 'none'" in page
    assert "Hotspots of Beta &lt;/script&gt; Police" in page
    # The chart's own description may not end the script that it stands in.
    assert page.count("</script>") == 2
    assert page.count("OFFICIAL. Cells of few offences are left out.") == 2


def test_the_page_tells_what_no_map_shows(exported):
    out, told = exported
    page = (out / "beta" / "map_h3_r8.html").read_text(encoding="utf-8")
    snapped = next(line for line in told if "public map points" in line).strip()
    assert snapped in page
    assert any(line.strip().startswith("Left out: ") for line in told)


def test_the_image_is_a_png(exported):
    image = (exported[0] / "alpha" / "map_h3_r9.png").read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(image[16:20], "big") > 800


def test_cells_of_few_offences_are_told_to_be_for_the_police_alone(home, tmp_path):
    told = export(home, tmp_path, forces=["alpha"], unit="h3_r9", with_few=True)
    text = (tmp_path / "alpha" / "hotspot_h3_r9.geojson").read_text(encoding="utf-8")
    everything = rows(home, "force = 'alpha' AND unit = 'h3_r9'")
    assert len(json.loads(text)["features"]) == len(everything)
    assert any("not to leave the police" in line for line in told)
    page = (tmp_path / "alpha" / "map_h3_r9.html").read_text(encoding="utf-8")
    assert page.count("OFFICIAL-SENSITIVE") == 2


def test_areas_without_a_boundary_are_told(home, tmp_path):
    export(home, tmp_path, forces=["alpha"], unit="lsoa")
    features = json.loads((tmp_path / "alpha" / "hotspot_lsoa.geojson").read_text())["features"]
    assert {f["properties"]["name"] for f in features} == {"Durham"}
    told = export(home, tmp_path, forces=["Alpha"], unit="local_area")
    assert any("1 areas of which no outline is loaded" in line for line in told)


@pytest.mark.parametrize(
    ("forces", "unit", "said"),
    [
        (["gamma"], None, "--force gamma"),
        (None, "r12", "--unit r12: one of h3_r8"),
        (["beta"], "h3_r9", "no hotspot in h3_r9 of beta"),
    ],
)
def test_what_is_not_there_is_told(home, tmp_path, forces, unit, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        export(home, tmp_path, forces=forces, unit=unit)
    assert not list(tmp_path.iterdir())


def test_an_export_while_another_writes_there_is_refused(home, tmp_path):
    with exclusive(tmp_path / ".lock", "an export"), pytest.raises(LockedError):
        export(home, tmp_path)


def test_where_few_offences_have_points_of_their_own_the_coarser_cells_are_shown():
    assert _finest({"h3_r8": 2_640, "h3_r9": 240}) == "h3_r8"
    assert _finest({"h3_r8": 2_640, "h3_r9": 2_600}) == "h3_r9"
    assert _finest({"h3_r8": 10}) == "h3_r8"


def test_a_run_again_writes_the_same_bytes(home, exported, tmp_path):
    export(home, tmp_path, forces=["alpha"])
    for name in ("hotspot_h3_r9.geojson", "hotspot_h3_r9.parquet", "map_h3_r9.html"):
        assert (tmp_path / "alpha" / name).read_bytes() == (
            exported[0] / "alpha" / name
        ).read_bytes()


def test_a_boundary_that_crosses_itself_is_mended(home, tmp_path):
    bow = (
        '{"type":"Polygon","coordinates":[[[-2,54.4],[-1.9,54.5],[-1.9,54.4],[-2,54.5],[-2,54.4]]]}'
    )
    with duckdb.connect(str(home.current)) as con:
        con.execute("UPDATE reference.area SET boundary = $bow WHERE unit = 'local_area'",
                    {"bow": bow})  # fmt: skip
    export(home, tmp_path, forces=["alpha"], unit="local_area")
    frame = geopandas.read_parquet(tmp_path / "alpha" / "hotspot_local_area.parquet")
    assert frame.geometry.is_valid.all()
    assert frame.geometry.area.min() > 0
    with duckdb.connect(str(home.current)) as con:
        con.execute("UPDATE reference.area SET boundary = NULL WHERE unit = 'local_area'")


def test_where_the_boundary_is_loaded_it_is_told_what_hot_is_said_against(home, tmp_path):
    told = export(home, tmp_path, unit="h3_r8")
    begins = [number for number, line in enumerate(told) if not line.startswith("  ")]
    by_force = {
        told[begin].split(":")[0]: told[begin:end]
        for begin, end in zip(begins, [*begins[1:], len(told)], strict=True)
    }
    said = {force: sum("whole area of the force" in each for each in lines)
            for force, lines in by_force.items()}  # fmt: skip
    assert said == {"alpha": 0, "beta": 1}
    assert "empty country" in (tmp_path / "beta" / "map_h3_r8.html").read_text(encoding="utf-8")
