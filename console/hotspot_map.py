"""A layer of hotspots as one HTML page that needs nothing but itself, and as a PNG."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Literal

import altair as alt
import polars as pl
import shapely
import vl_convert

from console.hotspot_layer import Layer
from warehouse.contract.units import UNITS
from warehouse.hotspots.panel import ALL_CRIME
from warehouse.hotspots.trend import CLASSES
from warehouse.markup import Markup, join, table, tag

_WIDTH, _HEIGHT = 860, 720
_TOP = 10
_SIMPLE = 0.0005
"""Degrees, some 50 m, by which the force's boundary is simplified: it is there for orientation."""

_MEASURES = {"offences": "offences", "harm_days": "days of harm (Cambridge Crime Harm Index)"}
_FEW = "OFFICIAL-SENSITIVE. Holds cells of few offences, in which persons may be known."
_ENOUGH = "OFFICIAL. Cells of few offences are left out."
_PLACE = Markup('<div id="choices"></div><div id="map"></div>')
_SOURCE = "Made by crimelink from mart.hotspot. Cells: {cells}."


def make_page(layer: Layer) -> str:
    """The whole page, as text in UTF-8: a map by offence group and measure, and the first cells.

    Args:
        layer: what to show.
    """
    title = f"Hotspots of {layer.force_name}"
    chart = _chart(layer, _choices(layer))
    folder = files("console")
    return Template((folder / "hotspot_page.html").read_text(encoding="utf-8")).substitute(
        title=join(title),
        style=(folder / "explain_page.css").read_text(encoding="utf-8"),
        marking=join(_FEW if layer.with_few else _ENOUGH),
        vega=_vega(),
        # A tag within a script could end it.
        chart=json.dumps(chart.to_dict()).replace("<", "\\u003c"),
        content=join(
            [
                *_head(layer, title),
                Markup('<div id="choices"></div><div id="map"></div>'),
                *_first_cells(layer),
            ]
        ),
    )


def draw_image(layer: Layer) -> bytes:
    """All recorded crime (else the first group there is) as a PNG.

    Args:
        layer: what to show.
    """
    group = _first_of(_groups(layer))
    rows = layer.rows.filter(offence_group=group, measure="offences")
    what = f"{_named(group)}, offences expected a month"
    subtitle = [f"{what}, as known at the end of {layer.month:%B %Y}", *layer.notes,
                _SOURCE.format(cells=UNITS[layer.unit].says)]  # fmt: skip
    chart = _chart(layer, (), rows).properties(
        title=alt.TitleParams(f"Hotspots of {layer.force_name}", subtitle=subtitle, anchor="start")
    )
    return bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=2))


@cache
def _vega() -> str:
    """The chart library, to stand in the page."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")).replace(
        "</script", "<\\/script"
    )


def _head(layer: Layer, title: str) -> list[Markup]:
    return [
        tag("h1", title),
        tag("p", f"What the month after {layer.month:%B %Y} is expected to hold, by what was known "
                 f"at its end. {_SOURCE.format(cells=UNITS[layer.unit].says)} {_size(layer)}"
                 f"Ringed: the {_TOP} cells ranked first."),
        tag("ul", [tag("li", note) for note in layer.notes]),
    ]  # fmt: skip


def _size(layer: Layer) -> str:
    counted = layer.rows.filter(pl.col("per_km2") > 0)
    km2 = counted.select((pl.col("n_12m") / pl.col("per_km2")).median()).item()
    return "" if km2 is None else f"A cell is some {km2:.2g} square km. "


def _choices(layer: Layer) -> tuple[alt.Parameter, ...]:
    groups, place = _groups(layer), "#choices"
    by_group = alt.binding_select(
        options=groups, labels=[_named(group) for group in groups], name="Offences ", element=place
    )
    by_measure = alt.binding_radio(
        options=list(_MEASURES), labels=list(_MEASURES.values()), name="Counted in ", element=place
    )
    return (
        alt.param(name="group", value=_first_of(groups), bind=by_group),
        alt.param(name="measure", value="offences", bind=by_measure),
    )


def _groups(layer: Layer) -> list[str]:
    return layer.rows["offence_group"].unique().sort().to_list()


def _first_of(groups: Sequence[str]) -> str:
    """All recorded crime, where there is any."""
    return ALL_CRIME if ALL_CRIME in groups or not groups else groups[0]


def _named(group: str) -> str:
    return "All recorded crime" if group == ALL_CRIME else group.replace("-", " ").capitalize()


def _chart(
    layer: Layer, choices: Sequence[alt.Parameter], rows: pl.DataFrame | None = None
) -> alt.LayerChart | alt.FacetChart:
    """The map: the force's area, its cells by what is expected, and a ring around the first.

    Args:
        layer: what to show.
        choices: parameters ``group`` and ``measure``; none where ``rows`` are of one of each.
        rows: those of the layer that are shown.
    """
    shown = _values(layer.rows if rows is None else rows)
    cells = alt.Chart(alt.InlineData(shown.to_dicts())).mark_geoshape(stroke="white",
                                                                     strokeWidth=0.2)  # fmt: skip
    if choices:
        cells = cells.transform_filter("datum.offence_group == group && datum.measure == measure")
    cells = cells.transform_lookup(
        lookup="area", from_=alt.LookupData(alt.InlineData(_features(layer, shown)), "area",
                                            ["type", "geometry"])
    ).encode(
        color=alt.Color("expected:Q", title="expected a month",
                        scale=alt.Scale(type="sqrt", scheme="orangered")),
        tooltip=[alt.Tooltip(field=field, type=kind, title=title, **more)
                 for field, kind, title, more in _TOOLTIP if field in shown.columns],
    )  # fmt: skip
    first = cells.transform_filter(f"datum.rank <= {_TOP}").mark_geoshape(
        stroke="black", strokeWidth=1.6
    )
    layers = alt.layer(*_ground(layer), cells, first)
    return layers.add_params(*choices).properties(width=_WIDTH, height=_HEIGHT).project(
        type="mercator"
    )  # fmt: skip


_TOOLTIP: tuple[tuple[str, Literal["nominal", "quantitative"], str, dict[str, Any]], ...] = (
    ("name", "nominal", "name", {}),
    ("area", "nominal", "cell", {}),
    ("rank", "quantitative", "rank in the force", {}),
    ("n_12m", "quantitative", "in twelve months", {"format": ",.1~f"}),
    ("expected", "quantitative", "expected a month", {"format": ",.2f"}),
    ("interval", "nominal", "90% interval", {}),
    ("class", "nominal", "class", {}),
    ("snap_share", "quantitative", "share on one map point", {"format": ".0%"}),
)


_MAY_BE_NULL = ("name", "class", "rank", "snap_share")


def _values(rows: pl.DataFrame) -> pl.DataFrame:
    """What the map needs of the rows, in few digits."""
    shown = rows.select(
        "area", "name", "offence_group", "measure", "class",
        pl.col("rank_in_force").alias("rank"),
        pl.col("n_12m").round(1), pl.col("snap_share").round(2),
        expected=pl.when(ranked_by="count_12m").then(pl.col("n_12m") / 12)
        .otherwise("eb_rate").round(3),
        interval=pl.format("{} to {}", pl.col("eb_low").round(2), pl.col("eb_high").round(2)),
    )  # fmt: skip
    unknown = [name for name in _MAY_BE_NULL if shown[name].null_count() == shown.height]
    return shown.drop(unknown)


def _features(layer: Layer, rows: pl.DataFrame) -> list[dict[str, Any]]:
    shown = set(rows["area"])
    # The chart library takes a ring by the right-hand rule for a hole in the globe.
    outlines = shapely.to_geojson(shapely.orient_polygons(layer.outlines, exterior_cw=True))
    return [
        {"type": "Feature", "area": area, "geometry": json.loads(text)}
        for area, text in zip(layer.areas, outlines, strict=True)
        if area in shown
    ]


def _ground(layer: Layer) -> list[alt.Chart]:
    if layer.boundary is None:
        return []
    area = shapely.simplify(shapely.from_geojson(layer.boundary), _SIMPLE)
    outline = json.loads(shapely.to_geojson(shapely.orient_polygons(area, exterior_cw=True)))
    return [
        alt.Chart(alt.InlineData({"type": "Feature", "geometry": outline})).mark_geoshape(
            fill="#f4f4f2", stroke="#888", strokeWidth=0.8
        )
    ]


def _first_cells(layer: Layer) -> list[Markup]:
    """The cells ranked first, for those who cannot use the map."""
    rows = layer.rows.filter(
        pl.col("measure") == "offences", pl.col("rank_in_force") <= _TOP,
        pl.col("offence_group") == ALL_CRIME,
    )  # fmt: skip
    if rows.is_empty():
        return []
    told = [
        (row["area"] if row["name"] is None else f"{row['name']} ({row['area']})",
         row["class"] if row["class"] in CLASSES else "",
         f"{row['rank_in_force']}", f"{row['n_12m']:,.0f}",
         f"{row['eb_rate']:,.1f} ({row['eb_low']:,.1f} to {row['eb_high']:,.1f})")
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Cell", "Class", "Rank", "In twelve months", "Rate a month (90% interval)")
    return [table(f"All recorded crime: the {_TOP} cells ranked first", heads, told, numeric=3)]
