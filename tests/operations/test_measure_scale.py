"""`pintar measure items|calibrate|score|link`: the promised shapes, R's values, and what is said when it cannot be."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from pintar.cli import cli

SAMPLES = Path(__file__).parents[1] / "sciences" / "psychometrics" / "data"
LSAT6 = SAMPLES / "lsat6.csv"
A, B = np.resize([0.7, 1.0, 1.3, 1.6, 1.9], 10), np.linspace(-1.5, 1.5, 10)
NAMES = [f"b{i + 1}" for i in range(10)]


def run(*words, status=0):
    result = CliRunner().invoke(cli, ["measure", *map(str, words)])
    assert result.exit_code == status, result.output
    return result


def told(*words):
    return json.loads(run(*words, "--json").stdout)


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def marks(theta, seed=2):
    p = 1 / (1 + np.exp(-A * (np.asarray(theta)[:, None] - B)))
    return (np.random.default_rng(seed).random(p.shape) < p).astype(int)


def reference(name):
    with (SAMPLES / f"lsat6.{name}.csv").open() as file:
        return list(csv.DictReader(file))


def normal(n, seed=1):
    return np.random.default_rng(seed).normal(size=n)


def test_items_prints_what_r_gives():
    found = told("items", LSAT6)
    assert list(found) == ["persons", "alpha", "sem", "items"]
    assert found["persons"] == 1000
    assert found["alpha"] == pytest.approx(float(reference("ref_ctt_test")[0]["alpha"]))
    for row, expected in zip(found["items"], reference("ref_ctt_items"), strict=True):
        assert list(row) == ["item", "facility", "item_rest", "discrimination27", "alpha_if_deleted"]
        assert row["item"] == expected["item"]
        assert row["facility"] == pytest.approx(float(expected["p"]))
        assert row["item_rest"] == pytest.approx(float(expected["r_it_corrected"]))


def test_items_with_a_key_prints_options(tmp_path):
    table = write(tmp_path / "pilihan.csv", ["person", "x", "y"], [["p1", "A", "B"], ["p2", "C", "B"], ["p3", "A", ""]])
    key = write(tmp_path / "kunci.csv", ["item", "key"], [["y", "B"], ["x", "A"]])
    found = told("items", table, "--key", key)
    assert found["items"][0]["facility"] == pytest.approx(2 / 3)
    assert found["items"][0]["options"] == [
        {"option": "A", "share": pytest.approx(2 / 3), "mean_rest": 0.5},
        {"option": "C", "share": pytest.approx(1 / 3), "mean_rest": 1},
    ]
    assert "66.7%" in run("items", table, "--key", key).output


@pytest.mark.parametrize(("model", "word"), [("1pl", "onepl"), ("2pl", "twopl")])
def test_calibrate_prints_what_r_gives(model, word):
    found = told("calibrate", LSAT6, "--model", model)
    assert list(found) == ["model", "persons", "loglik", "converged", "iterations", "aic", "bic", "left_out", "items"]
    loglik = {row["model"]: float(row["loglik"]) for row in reference("ref_irt_loglik")}
    assert found["loglik"] == pytest.approx(loglik[word], abs=0.002)
    for row, expected in zip(found["items"], reference("ref_irt_items"), strict=True):
        assert list(row) == ["item", "a", "b", "se_a", "se_b"]
        assert row["a"] == pytest.approx(float(expected[f"{word}_a"]), abs=0.002)
        assert row["b"] == pytest.approx(float(expected[f"{word}_b"]), abs=0.002)
        assert row["se_b"] == pytest.approx(float(expected[f"{word}_se_b"]), rel=0.01)


def test_rasch_has_an_sd_and_no_error_of_slopes():
    found = told("calibrate", LSAT6, "--model", "rasch")
    assert found["sd"] == pytest.approx(0.7551, abs=1e-3)
    assert {row["se_a"] for row in found["items"]} == {None}
    assert {row["a"] for row in found["items"]} == {1.0}


def test_a_guess_stands_in_the_table_of_3pl(tmp_path):
    table = write(tmp_path / "t.csv", NAMES, marks(normal(800)))
    assert all(0 < row["c"] < 1 for row in told("calibrate", table, "--model", "3pl")["items"])


def test_items_with_several_marks_have_steps_and_are_scored(tmp_path):
    halves = marks(normal(600), 2) + marks(normal(600), 3)
    halves[:, 0] = np.where(halves[:, 0] == 1, 2, halves[:, 0])
    table = write(tmp_path / "t.csv", NAMES, halves)
    assert "pcm or gpcm" in run("calibrate", table, "--model", "2pl", status=1).output
    found = told("calibrate", table, "--model", "gpcm")
    assert "steps" not in found["items"][0]
    assert found["items"][0]["categories"] == [0, 0, 1]
    assert all(len(row["steps"]) == 2 for row in found["items"][1:])
    items = tmp_path / "butir.json"
    items.write_text(json.dumps(found))
    assert len(told("score", table, "--items", items)["people"]) == 600


def test_left_out_items_are_listed_with_the_reason(tmp_path):
    table = marks(normal(200))
    table[:, 3] = 1
    file = write(tmp_path / "t.csv", NAMES, table)
    assert told("calibrate", file, "--model", "2pl")["left_out"] == [{"item": "b4", "reason": "all_right"}]
    assert "left out: b4, all answers are right" in run("calibrate", file, "--model", "2pl").output


def test_groups_and_anchors_keep_one_scale(tmp_path):
    theta = np.concatenate([normal(1500), 0.7 + normal(1500, 5)])
    file = write(tmp_path / "t.csv", NAMES, marks(theta))
    group = write(tmp_path / "g.csv", ["group"], [["pre"]] * 1500 + [["post"]] * 1500)
    found = told("calibrate", file, "--model", "2pl", "--group", group)
    assert [(row["group"], row["persons"]) for row in found["groups"]] == [("pre", 1500), ("post", 1500)]
    assert found["groups"][1]["mean"] == pytest.approx(0.7, abs=0.15)
    assert "post: mean" in run("calibrate", file, "--model", "2pl", "--group", group).output
    items = write(tmp_path / "items.csv", ["item", "a", "b"], list(zip(NAMES, A, B, strict=True))[:6])
    anchored = told("calibrate", file, "--model", "2pl", "--anchors", items)
    assert anchored["items"][0]["b"] == pytest.approx(B[0])
    assert anchored["items"][9]["b"] == pytest.approx(B[9], abs=0.25)
    assert anchored["mean"] == pytest.approx(0.35, abs=0.1)


def test_score_keeps_the_order_of_the_rows_and_has_nothing_for_an_empty_one(tmp_path):
    items = write(tmp_path / "items.csv", ["item", "a", "b"], zip(NAMES, A, B, strict=True))
    rows = [["Siti", *[1] * 10], ["Budi", *[""] * 10], ["Ani", *[0, 1] * 5]]
    table = write(tmp_path / "t.csv", ["person", *NAMES], rows)
    for method in ("eap", "map", "wle"):
        people = told("score", table, "--items", items, "--method", method)["people"]
        assert [person["person"] for person in people] == ["Siti", "Budi", "Ani"]
        assert people[1] == {"person": "Budi", "theta": None, "se": None}
        assert people[0]["theta"] > people[2]["theta"]
    assert "extreme" in run("score", table, "--items", items).output
    unnamed = write(tmp_path / "u.csv", NAMES, [row[1:] for row in rows])
    assert [person["person"] for person in told("score", unnamed, "--items", items)["people"]] == [1, 2, 3]


def test_calibrate_and_score_and_link_fit_together(tmp_path):
    files = []
    for name, theta in (("lama", normal(1500)), ("baru", 0.5 + 0.8 * normal(1500, 7))):
        table = write(tmp_path / f"{name}.csv", NAMES, marks(theta, seed=len(files)))
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(run("calibrate", table, "--model", "2pl", "--json").stdout)
    for method in ("sl", "haebara", "meansigma"):
        found = told("link", *files, "--method", method)
        assert list(found) == ["A", "B", "se_A", "se_B", "dropped"]
        assert found["A"] == pytest.approx(0.8, abs=0.15)
        assert found["B"] == pytest.approx(0.5, abs=0.15)
        assert 0 < found["se_B"] < 0.2
    assert "10 anchors" in run("link", *files).output


def test_a_link_without_common_items_is_refused(tmp_path):
    old = write(tmp_path / "o.csv", ["item", "a", "b"], [["x", 1, 0], ["y", 1, 1]])
    new = write(tmp_path / "n.csv", ["item", "a", "b"], [["v", 1, 0], ["w", 1, 1]])
    assert "0 items in common" in run("link", old, new, status=1).output


def test_failures_say_what_to_do(tmp_path):
    few = write(tmp_path / "few.csv", NAMES, marks(normal(12)))
    assert "too few answers" in run("calibrate", few, "--model", "2pl", status=1).output
    torn = tmp_path / "torn.csv"
    torn.write_text("a,b\n1,0\n1,x\n")
    assert "line 3, column b" in run("items", torn, status=1).output
    other = write(tmp_path / "i.csv", ["item", "a", "b"], [["z", 1, 0]])
    assert "none of the items" in run("score", few, "--items", other, status=1).output
    run("calibrate", few, status=2)
    run("calibrate", tmp_path / "absent.csv", "--model", "2pl", status=2)


@pytest.mark.parametrize("command", ["items", "calibrate", "score", "link"])
def test_every_command_has_help_with_an_example(command):
    assert "Example: pintar measure" in run(command, "--help").output


def test_starting_the_server_loads_no_numpy():
    code = "import pintar.cli.start, sys; print('numpy' in sys.modules, 'scipy' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "False"]
