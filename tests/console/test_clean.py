"""``make clean`` removes what the README's examples make, and nothing else."""

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
