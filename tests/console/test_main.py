"""What a user meets: help that teaches, exit codes, and no traceback for a mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def crimelink(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console.main", "--home", str(home), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_help_names_every_command_and_every_exit_code(tmp_path):
    said = crimelink("--help", home=tmp_path).stdout
    for word in ("simulate", "run", "sql", "status", "rollback", "lay-out", "forces"):
        assert word in said
    for code in range(7):
        assert f"{code} " in " ".join(said.split())


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["sql", "SELECT 1"], 2, "no store"),
        (["status"], 2, "no store"),
        (["rollback"], 2, "no store at"),
        (["rollback", "--list"], 2, "no store at"),
        (["run", "--deliveries", "nowhere"], 2, "no such folder"),
        (["run", "--deliveries", ".", "--night", "31/01/2026"], 2, "YYYY-MM-DD"),
        (["simulate", "out", "--forces", "narnia"], 2, "narnia"),
        (["nonsense"], 2, "nonsense"),
        (["--home", "with%20percent", "status"], 2, "may not hold"),
    ],
)
def test_a_mistake_ends_in_a_message_and_exit_code_two(tmp_path, words, code, says):
    done = crimelink(*words, home=tmp_path / "home")
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_the_shipped_declarations_are_sound(tmp_path):
    done = crimelink("forces", "check", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "44 forces sound" in done.stdout


@pytest.mark.parametrize(
    ("profile", "system", "named"),
    [("GB", "wardrobe", "wardrobe"), ("Narnian", "standard", "Narnian")],
)
def test_a_wrong_declaration_is_named(tmp_path, profile, system, named):
    folder = tmp_path / "forces"
    folder.mkdir()
    (folder / "narnia.toml").write_text(
        f'name = "Narnia"\nprofile = "{profile}"\n[record_system]\nsystem = "{system}"\n',
        encoding="utf-8",
    )
    done = crimelink("forces", "check", "--force-config", str(folder), home=tmp_path)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "deliveries" / "durham" / "2026-01-12").mkdir(parents=True)
    done = crimelink("run", "--deliveries", str(tmp_path / "deliveries"), home=tmp_path / "file")
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


# Begins a query that takes for ever and is told to stop in the middle of it; a signal that whoever
# runs the tests ignores is not ignored here. DuckDB hears signals between the chunks of a query's
# answer: a filter that lets nothing through may keep it from hearing any.
STOPPED = """
import os, signal, sys, threading, time
import duckdb, typer
from console import main, query
signal.signal(signal.SIGINT, signal.default_int_handler)
def open_store(home):
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    return duckdb.connect()
query.open_store = open_store
@main.app.command()
def work(how: str):
    with open_store(None) as con:
        if how == "asleep":
            time.sleep(60)
        if how == "wrong":
            raise RuntimeError("another")
        try:
            con.sql("SELECT sum(i % 7) FROM range(1000000000000) t(i)").pl()
        finally:
            con.interrupt()
sys.argv = ["crimelink", *sys.argv[1:]]
main.main()
"""


def stopped(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", STOPPED, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("work", "query"),
        ("work", "asleep"),
        ("sql", "SELECT sum(i % 7) FROM range(1000000000000) t(i)"),
    ],
)
def test_ctrl_c_ends_any_command_in_a_sentence_and_exit_code_130(words):
    done = stopped(*words)
    assert done.returncode == 130, done.stderr
    assert "crimelink: stopped by SIGINT before it was done. Run the same command" in done.stderr
    assert "Traceback" not in done.stderr
    assert "failed" not in done.stderr


def test_another_error_is_not_taken_for_ctrl_c():
    done = stopped("work", "wrong")
    assert done.returncode == 1
    assert "RuntimeError: another" in done.stderr
    assert "stopped by" not in done.stderr
