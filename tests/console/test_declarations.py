"""``crimelink forces check`` names file and key of everything that is wrong, at once."""

import pytest

import transforms.systems as systems_module
from console.declarations import tell_declarations
from console.simulation import choose_forces
from forces.declaration import load_declarations
from warehouse.errors import DeclarationError, UsageError


def declare(folder, **texts):
    folder.mkdir(exist_ok=True)
    for slug, text in texts.items():
        (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def force(name, system="niche", rest="", profile="GB"):
    head = f'name = "{name}"\nprofile = "{profile}"\n'
    return f'{head}[record_system]\nsystem = "{system}"\n{rest}'


def problems(folder):
    with pytest.raises(DeclarationError) as raised:
        tell_declarations(folder, pytest.fail)
    return str(raised.value).splitlines()


def test_all_that_is_wrong_is_told_with_its_file_and_key(tmp_path):
    folder = declare(
        tmp_path,
        alpha=force("Alpha", "nich"),
        bravo=force("Bravo", "athena", 'accepts = ["policeuk", "standrad"]'),
        charlie=force("Charlie", "niche", profile="Narnian"),
        delta="name = ",
        echo=force("Echo", "nich", profile="XX"),
        foxtrot=force("Foxtrot", "standard"),
        golf=force("Golf", "standard", "encoding = 5"),
    )
    found = problems(folder)
    known = "there are: athena, connect, ihub, met_lfr, niche, policeuk, standard"
    assert sorted(found) == [
        f"alpha.toml: record_system.system: no record system nich; {known}",
        f"bravo.toml: record_system.accepts: no record system standrad; {known}",
        "charlie.toml: profile: no country profile Narnian; there are: GB, generic",
        "delta.toml: not valid TOML: Invalid value (at end of document)",
        "echo.toml: profile: no country profile XX; there are: GB, generic",
        f"echo.toml: record_system.system: no record system nich; {known}",
        "golf.toml: record_system.encoding: not an encoding that Python knows",
    ]


def test_of_a_file_that_is_no_toml_only_the_syntax_error_is_told(tmp_path):
    text = 'name = "Alpha"\n[record_system]\nsystem = "niche\n'
    [problem] = problems(declare(tmp_path, alpha=text))
    assert problem.startswith("alpha.toml: not valid TOML: ")
    assert "line 3" in problem


def test_a_mapping_that_is_wrong_is_told_once(tmp_path, monkeypatch):
    def refuse(name):
        raise DeclarationError(f"{name}: column surnam is not in the contract")

    monkeypatch.setattr(systems_module, "import_module", refuse)
    systems_module.load_system.cache_clear()
    folder = declare(tmp_path, alpha=force("Alpha"), bravo=force("Bravo"))
    said = ["transforms.systems.niche: column surnam is not in the contract"]
    assert problems(folder) == said


def test_sound_ones_are_listed_and_counted(tmp_path):
    said = []
    tell_declarations(declare(tmp_path, alpha=force("Alpha")), said.append)
    assert said[0].split() == ["alpha", "niche", "full", "every", "1", "d"]
    assert said[1] == "1 force sound: 1 niche"


def test_forces_to_simulate_may_be_written_in_any_case():
    declared = load_declarations(None)
    assert list(choose_forces(declared, "Kent, DURHAM")) == ["durham", "kent"]
    with pytest.raises(UsageError, match=r"no such force: 'nowhere'\. Declared: avon"):
        choose_forces(declared, "Nowhere")
