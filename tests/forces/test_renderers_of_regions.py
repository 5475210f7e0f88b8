"""Faults of the athena-like and connect-like renderers: planted at their rates, and steadily."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from forces.declaration import load_declarations
from forces.simulator.renderers import athena, connect
from tests.transforms.clean_extract import make_extract

DECLARED = load_declarations()
CASES = {
    "athena": (athena, {force: DECLARED[force] for force in ("essex", "kent")}),
    "connect": (connect, {"metropolitan": DECLARED["metropolitan"]}),
}


def rates_of(module, rate):
    names = {fault.name for fault in module.FAULTS}
    names |= {"event_repeated"} if module is connect else set()
    return dict.fromkeys(names, rate)


def render(module, extract, folder):
    folder.mkdir()
    planted = module.write(folder, extract)
    return planted, {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", CASES)
def test_every_fault_is_planted_and_named_in_the_docstring(tmp_path, name):
    module, declared = CASES[name]
    extract, _ = make_extract(module.RENDERER, declared, 11, people=60)
    for fault, rate in rates_of(module, 0.6).items():
        planted, _ = render(module, replace(extract, rates={fault: rate}), tmp_path / fault)
        assert set(planted) == {fault}
        assert planted[fault] > 0, fault
        assert f"- ``{fault}``: " in module.__doc__


@pytest.mark.parametrize("name", CASES)
def test_the_same_record_bears_the_same_faults_in_every_delivery(tmp_path, name):
    module, declared = CASES[name]
    extract, _ = make_extract(module.RENDERER, declared, 11, people=30)
    dirty = replace(extract, rates=rates_of(module, 0.1))
    again = replace(dirty, random=np.random.default_rng(99))
    first, second = (render(module, e, tmp_path / str(n)) for n, e in enumerate((dirty, again)))
    assert first == second


def test_a_share_of_rows_near_the_rate_is_hit(tmp_path):
    extract, _ = make_extract(athena.RENDERER, CASES["athena"][1], 3, people=1000)
    planted, _ = render(athena, replace(extract, rates={"sex_unknown": 0.1}), tmp_path / "out")
    assert 150 < planted["sex_unknown"] < 250


def test_an_urn_of_the_region_is_the_same_wherever_it_is_quoted(tmp_path):
    extract, _ = make_extract(athena.RENDERER, CASES["athena"][1], 3, people=40)
    _, files = render(athena, replace(extract, rates={"urn_force_00": 0.3}), tmp_path / "out")
    urns = {
        tuple(row.split("|")[:2])
        for file in ("investigation", "incident", "custody", "stop_search", "intelligence")
        for row in files[f"{file}.txt"].decode().splitlines()
        if row.startswith(("42|", "46|"))
    }
    quoted = [row.split("|") for row in files["event_nominal.txt"].decode().splitlines()]
    roles = {(row[0], row[1]) for row in quoted if row[0] in ("42", "46")}
    assert any(urn.startswith("00/") for _, urn in roles)
    assert roles <= urns


def test_text_that_xml_cannot_hold_is_escaped_or_left_out(tmp_path):
    declared = {"lancashire": DECLARED["lancashire"]}
    extract, _ = make_extract(connect.RENDERER, declared, 3, people=1)
    offences = extract.tables["offence_record"]
    odd = "<b>&amp; ]]> \r\n \x01 end"
    offences = offences.with_columns(method_text=offences["method_text"].fill_null("") + odd)
    tables = {**extract.tables, "offence_record": offences}
    _, files = render(connect, replace(extract, tables=tables), tmp_path / "out")
    root = ET.fromstring(files["change_events.xml"])
    (text,) = [field.text for field in root.iter("ModusOperandi")]
    assert text.endswith("<b>&amp; ]]> \r\n  end")
