"""``make clean`` removes what the README's examples make, and nothing else; and ``make run`` fills
no home but the demo's."""

import os
import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_the_examples_of_the_readme_are_ignored_by_git_and_cleaned(tmp_path):
    made = ("demo/home", "demo/deliveries", "nights/home", "nights/deliveries")
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8").split()
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    for folder in made:
        assert folder in readme
        assert f"/{folder.split('/')[0]}/" in ignored
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "nights" / "mine").mkdir()
    shutil.copy(PROJECT / "Makefile", tmp_path)
    for left in (["Makefile", "mine", "nights"], ["Makefile"]):
        subprocess.run(["make", "-s", "clean"], cwd=tmp_path, check=True)
        assert sorted(path.name for path in tmp_path.rglob("*")) == left
        shutil.rmtree(tmp_path / "nights" / "mine", ignore_errors=True)


def test_the_demo_has_its_own_home_whatever_home_the_environment_names(tmp_path):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    show = ["make", "-s", "--eval", "show: ; @echo $$CRIMELINK_HOME", "show"]
    named = dict(os.environ, CRIMELINK_HOME=str(tmp_path / "the nation"))
    for more, home in ([], "demo/home"), (["DEMO=other"], "other/home"):
        shown = subprocess.run(
            [*show, *more], cwd=tmp_path, check=True, capture_output=True, text=True, env=named
        )
        assert shown.stdout.strip() == home
