"""`pintar measure` reads tables as people have them, prints what is promised, and says what to do when it cannot."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from pintar.cli import cli

K = 40
A, B = np.resize([0.7, 1.0, 1.3, 1.6, 1.9], K), np.random.default_rng(1).normal(size=K)
NAMES = [f"b{i + 1}" for i in range(K)]


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


def marks(theta, harder=0.0, seed=2):
    chance = np.random.default_rng(seed)
    shift = np.zeros((len(theta), K))
    shift[:, 0] = harder
    p = 1 / (1 + np.exp(-A * (np.asarray(theta)[:, None] - B - shift)))
    return (chance.random(p.shape) < p).astype(int)


@pytest.fixture
def items(tmp_path):
    return write(tmp_path / "items.csv", ["item", "a", "b"], zip(NAMES, A, B, strict=True))


# dif


@pytest.fixture
def groups(tmp_path):
    """A table of 800 people in which the second half finds the first item a logit harder; their groups."""
    theta = np.random.default_rng(3).normal(size=800)
    table = np.concatenate([marks(theta[:400]), marks(theta[400:], 1.2, seed=4)])
    people = [f"p{i}" for i in range(800)]
    file = write(tmp_path / "table.csv", ["person", *NAMES], [[p, *row] for p, row in zip(people, table, strict=True)])
    group = ["kota"] * 400 + ["3T"] * 400
    order = np.random.default_rng(5).permutation(800)
    return file, write(tmp_path / "group.csv", ["person", "group"], [[people[i], group[i]] for i in order])


@pytest.mark.parametrize("method", ["mh", "logistic"])
def test_dif_prints_class_effect_and_p_of_each_item_in_the_order_of_the_header(groups, method):
    found = told("dif", groups[0], "--group", groups[1], "--focal", "3T", "--method", method)["items"]
    assert [row["item"] for row in found] == NAMES
    assert set(found[0]) == {"item", "class", "effect", "p"}
    assert found[0]["class"] in ("B", "C")
    assert found[0]["p"] < 0.001
    assert sum(row["class"] == "A" for row in found) >= 36
    if method == "mh":
        assert found[0]["effect"] < -1.5


def test_dif_in_words_names_the_groups_sizes(groups):
    out = run("dif", groups[0], "--group", groups[1], "--focal", "3T").stdout
    assert out.splitlines()[0] == "400 in 3T, 400 others, mh"
    assert out.splitlines()[1].split()[:2] == ["b1", "C"]


def test_groups_may_come_in_the_order_of_the_rows_and_rows_without_one_are_left_out(groups, tmp_path):
    some = write(tmp_path / "order.csv", ["group"], [["kota"]] * 400 + [["3T"]] * 250 + [[""]] * 150)
    assert run("dif", groups[0], "--group", some, "--focal", "3T").stdout.startswith("250 in 3T, 400 others")


def test_a_group_nobody_is_in_or_a_person_without_one_is_refused_with_what_there_is(groups, tmp_path):
    assert "There are: 3T, kota." in run("dif", groups[0], "--group", groups[1], "--focal", "desa", status=1).stderr
    few = write(tmp_path / "few.csv", ["person", "group"], [["p0", "kota"], ["p1", "3T"]])
    refused = run("dif", groups[0], "--group", few, "--focal", "3T", status=1).stderr
    assert "no group for person p2 and 797 others" in refused
    short = write(tmp_path / "short.csv", ["group"], [["3T"]] * 3)
    assert "3 groups for 800 rows" in run("dif", groups[0], "--group", short, "--focal", "3T", status=1).stderr


# similarity


@pytest.fixture
def cohort(tmp_path):
    """300 people with options A to D, A being right; person 7 copied the whole paper of person 6."""
    chance = np.random.default_rng(6)
    theta = chance.normal(size=300)
    theta[6] = -0.4
    right = marks(theta, seed=7)
    wrong = chance.choice(["B", "C", "D"], right.shape, p=[0.5, 0.3, 0.2])
    choices = np.where(right == 1, "A", wrong)
    choices[7] = choices[6]
    file = write(tmp_path / "choices.csv", NAMES, choices)
    key = write(tmp_path / "key.csv", ["item", "key"], [[name, "A"] for name in NAMES])
    units = write(tmp_path / "units.csv", ["group"], [[f"MAN {i // 10}"] for i in range(300)])
    plain = write(tmp_path / "marks.csv", NAMES, (choices == "A").astype(int))
    return file, key, units, plain


def test_similarity_finds_the_copied_paper_and_prints_the_level_of_a_pair(cohort, items):
    file, key, units, _ = cohort
    found = told("similarity", file, "--items", items, "--key", key, "--near", units)
    near, pairs = 30 * 45, 300 * 299 // 2
    assert found["pairs"] == pairs
    assert found["alpha_near"] == pytest.approx(0.0005 / near)
    assert found["alpha_all"] == pytest.approx(0.0005 / pairs)
    (pair,) = found["flagged"]
    assert (pair["a"], pair["b"], pair["statistic"]) == ("7", "8", 40)
    assert pair["p"] < 1e-10


def test_without_units_all_of_alpha_goes_to_all_pairs(cohort, items):
    found = told("similarity", cohort[0], "--items", items, "--key", cohort[1], "--alpha", "0.01")
    assert found["alpha_near"] == 0
    assert found["alpha_all"] == pytest.approx(0.01 / (300 * 299 / 2))
    assert len(found["flagged"]) == 1


def test_marks_alone_show_less_than_options(cohort, items):
    with_options = told("similarity", cohort[0], "--items", items, "--key", cohort[1])["flagged"][0]["p"]
    out = told("similarity", cohort[3], "--items", items, "--alpha", "0.99")
    assert all(pair["p"] > with_options for pair in out["flagged"])


def test_similarity_in_words_tells_equal_wrong_answers_and_what_was_expected(cohort, items, tmp_path):
    out = run("similarity", cohort[0], "--items", items, "--key", cohort[1], "--near", cohort[2]).stdout
    assert "44,850 pairs compared, 1,350 of them within a unit" in out
    assert "7 – 8: 40 of 40 equal" in out
    marked = run("similarity", cohort[3], "--items", items).stdout
    assert "7 – 8: 40 of 40 equal" in marked
    alone = write(tmp_path / "alone.csv", NAMES, marks(np.random.default_rng(9).normal(size=100)))
    honest = run("similarity", alone, "--items", items).stdout
    assert "no pair agrees more than chance explains" in honest


def test_an_item_without_a_key_and_items_of_another_test_are_refused(cohort, items, tmp_path):
    some = write(tmp_path / "some.csv", ["item", "key"], [["b1", "A"]])
    assert (
        "item b2 of the table has no key"
        in run("similarity", cohort[0], "--items", items, "--key", some, status=1).stderr
    )
    other = write(tmp_path / "other.csv", ["item", "a", "b"], [["x", 1, 0]])
    assert "none of the items" in run("similarity", cohort[3], "--items", other, status=1).stderr


def test_items_may_be_what_calibrate_printed(cohort, items, tmp_path):
    printed = {"model": "2pl", "items": [{"item": n, "a": a, "b": b} for n, a, b in zip(NAMES, A, B, strict=True)]}
    as_json = tmp_path / "items.json"
    as_json.write_text(json.dumps(printed))
    with_json = told("similarity", cohort[0], "--items", as_json, "--key", cohort[1])
    assert with_json == told("similarity", cohort[0], "--items", items, "--key", cohort[1])


# assemble


def bank(path, n=60, indicators=("1.1", "1.2", "2.3"), seconds=60):
    chance = np.random.default_rng(8)
    rows = [
        [f"i{i}", f"{1 + 0.5 * chance.random():.3f}", f"{chance.normal():.3f}", indicators[i % len(indicators)],
         ["single", "truefalse"][i % 2], seconds, "i1" if i == 0 else ""]
        for i in range(n)
    ]  # fmt: skip
    return write(path, ["item", "a", "b", "indicator", "type", "seconds", "enemies"], rows)


def blueprint(tmp_path, text):
    path = tmp_path / "blueprint.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_assemble_prints_forms_of_items_and_their_information_at_the_cut(tmp_path):
    wanted = blueprint(
        tmp_path,
        'items: 6\nindicators: {"1.1": 2, "1.2": 2, "2.3": 2}\ntypes: {single: [2, 4]}\nseconds: 400\ncut: 0.3\n'
        "difficulty: [{from: -9, to: 0, items: [1, 5]}]\ninformation: [{at: -1, least: 0.5}]\n",
    )
    found = told("assemble", bank(tmp_path / "bank.csv"), wanted, "--forms", 3)
    assert set(found) == {"forms", "information_at_cut"}
    assert [len(form) for form in found["forms"]] == [6, 6, 6]
    assert len({item for form in found["forms"] for item in form}) == 18
    assert max(found["information_at_cut"]) <= 1.05 * min(found["information_at_cut"]) + 1e-6
    said = run("assemble", bank(tmp_path / "bank.csv"), wanted).stdout
    assert said.startswith("form 1: information")


def test_a_bank_with_too_few_items_of_an_indicator_is_refused_with_the_sum(tmp_path):
    wanted = blueprint(tmp_path, 'indicators: {"1.1": 2, "2.3": 2}\n')
    poor = bank(tmp_path / "bank.csv", n=14)  # 4 of 2.3, 5 of the others
    refused = run("assemble", poor, wanted, "--forms", 3, "--json", status=1).stderr
    assert "has 4 items; 3 forms of 2 need 6." in refused
    assert "Indicator 2.3" in refused


def test_a_single_rule_and_several_rules_that_cannot_hold_are_put_into_words(tmp_path):
    lone = blueprint(tmp_path, 'indicators: {"9": 2}\n')
    refused = run("assemble", bank(tmp_path / "bank.csv"), lone, status=1).stderr
    assert "has 0 items; a form needs 2." in refused
    tight = blueprint(tmp_path, 'indicators: {"1.1": 5}\nseconds: 200\n')
    refused = run("assemble", bank(tmp_path / "bank.csv"), tight, status=1).stderr
    assert "These rules cannot hold together:" in refused
    assert "each form takes at most 200 seconds; under the others 300 is the nearest that can be had" in refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("types: {}", "`indicators` is missing"),
        ("indicators: {a: 1}\nlength: 3", "length is unknown"),
        ("indicators: {a: 1}\nitems: 3", "items says 3, but the indicators add up to 1"),
        ("indicators: {a: satu}", "wrong shape"),
        ("indicators: [", "not YAML"),
    ],
)
def test_a_blueprint_that_cannot_be_read_is_refused_with_the_place(tmp_path, text, said):
    assert said in run("assemble", bank(tmp_path / "bank.csv"), blueprint(tmp_path, text), status=1).stderr


# Files


def test_what_is_wrong_in_a_file_is_named_by_line_and_column(groups, items, tmp_path):
    bad = write(tmp_path / "bad.csv", ["a", "b"], [[1, 0], [1, "ya"]])
    refused = run("similarity", bad, "--items", items, status=1).stderr
    assert "bad.csv: line 3, column b: “ya” is not a whole number" in refused
    faulty = write(tmp_path / "faulty.csv", ["item", "a", "b"], [["b1", 1, 0], ["b2", "", 0]])
    assert "line 3, column a: a number is missing" in run("similarity", groups[0], "--items", faulty, status=1).stderr
    twice = write(tmp_path / "twice.csv", ["item", "a", "b"], [["b1", 1, 0], ["b1", 1, 0]])
    assert "line 3: item b1 stands twice" in run("similarity", groups[0], "--items", twice, status=1).stderr
    nameless = write(tmp_path / "nameless.csv", ["butir", "a", "b"], [["b1", 1, 0]])
    assert "line 1: there is no column item" in run("similarity", groups[0], "--items", nameless, status=1).stderr
    (tmp_path / "latin.csv").write_bytes("item,a,b\ncafé,1,0\n".encode("latin-1"))
    assert "not UTF-8" in run("similarity", groups[0], "--items", tmp_path / "latin.csv", status=1).stderr
    (tmp_path / "odd.json").write_text("[]")
    assert (
        "not what `pintar measure calibrate"
        in run("similarity", groups[0], "--items", tmp_path / "odd.json", status=1).stderr
    )


def test_wrong_usage_ends_with_two_and_help_has_an_example(tmp_path):
    run("dif", tmp_path / "nowhere.csv", "--group", tmp_path / "x", "--focal", "a", status=2)
    for command in ("dif", "similarity", "assemble"):
        assert "Example: pintar measure" in run(command, "--help").stdout


def test_measuring_loads_neither_django_nor_the_database(groups):
    import subprocess
    import sys

    code = (
        "import sys; from pintar.cli import cli; "
        f"cli(['measure', 'dif', {str(groups[0])!r}, '--group', {str(groups[1])!r}, '--focal', '3T'], "
        "standalone_mode=False); sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


# report


@pytest.fixture
def weak_test(tmp_path):
    """400 people on 12 items with options: b4 has a wrong key, everybody is right on b7."""
    chance = np.random.default_rng(11)
    theta = chance.normal(size=400)
    right = marks(theta, seed=12)[:, :12] == 1
    choices = np.where(right, "A", chance.choice(["B", "C", "D"], right.shape))
    choices[:, 3] = np.where(right[:, 3], "B", chance.choice(["A", "C", "D"], 400))
    choices[:, 6] = "A"
    file = write(tmp_path / "ujian.csv", NAMES[:12], choices)
    return file, write(tmp_path / "kunci.csv", ["item", "key"], [[name, "A"] for name in NAMES[:12]])


def test_a_report_is_one_file_that_asks_for_nothing_and_runs_nothing(weak_test, tmp_path):
    out = tmp_path / "laporan.html"
    told("report", weak_test[0], "--key", weak_test[1], "--pass", 70, "--output", out)
    page = out.read_text(encoding="utf-8")
    assert "<script" not in page
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*", page) == []
    assert [found for found in re.findall(r"url\(([^)]*)", page) if not found.startswith(('"data:', "data:"))] == []
    assert "@import" not in page
    assert page.count('<svg class="h16"') == 11  # a curve for each item that could be calibrated
    assert page.count('<details class="fold astable"') == page.count('<figure class="chart"')
    assert len(set(re.findall(r" id=\"([^\"]*)\"", page))) == len(re.findall(r" id=\"([^\"]*)\"", page))


def test_a_report_says_what_to_keep_mend_and_drop_and_why(weak_test, tmp_path):
    found = told("report", weak_test[0], "--key", weak_test[1])
    assert found["file"] == str(weak_test[0].with_suffix(".html"))
    by_name = {item["item"]: item for item in found["items"]}
    assert by_name["b4"]["decision"] == "mend"
    assert by_name["b4"]["reasons"][0] == "wrong_key"
    assert by_name["b7"] == {"item": "b7", "decision": "drop", "reasons": ["all_right"]}
    page = weak_test[0].with_suffix(".html").read_text(encoding="utf-8")
    assert "Orang yang mampu memilih B, bukan kunci." in page
    assert "Semua orang benar" in page
    assert "Pada b4 pilihan B lebih menarik bagi yang mampu" in page


def test_a_report_in_english_has_no_indonesian_word_left_in_its_figures(weak_test):
    run("report", weak_test[0], "--key", weak_test[1], "--language", "en")
    page = weak_test[0].with_suffix(".html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "Able people choose B, not the key." in page
    read = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    for word in ("Lihat sebagai", "jawaban", "kesukaran", "orang", "butir", "galat", "kunci"):
        assert word not in read


def test_on_five_good_items_nothing_is_held_against_them_and_no_points_are_drawn_that_follow_from_themselves(tmp_path):
    lsat6 = Path(__file__).parents[1] / "sciences" / "psychometrics" / "data" / "lsat6.csv"
    found = told("report", lsat6, "--output", tmp_path / "lsat6.html")
    assert {item["decision"] for item in found["items"]} == {"keep"}
    page = (tmp_path / "lsat6.html").read_text()
    assert "jawaban nyata</span>" not in page
    assert "Tanpa titik jawaban nyata" in page
    assert page.count('<details class="fold astable"') == page.count('<figure class="chart"')


def test_a_report_of_few_people_says_so_and_one_without_a_model_still_describes_the_items(tmp_path):
    few = write(tmp_path / "few.csv", NAMES[:6], marks(np.random.default_rng(13).normal(size=25), seed=14)[:, :6])
    said = run("report", few).stdout
    page = few.with_suffix(".html").read_text(encoding="utf-8")
    assert "Hanya 25 orang." in page
    assert "Orangnya terlalu sedikit" in page
    assert "keep" in said
    assert '<svg class="h16"' not in page


def test_names_from_a_file_stay_text_in_the_report(tmp_path):
    odd = '<b>soal & "satu"</b>'
    file = write(
        tmp_path / "odd.csv", [odd, *NAMES[1:5]], marks(np.random.default_rng(15).normal(size=60), seed=16)[:, :5]
    )
    run("report", file)
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    assert odd not in page
    assert "&lt;b&gt;soal &amp; &quot;satu&quot;&lt;/b&gt;" in page


def test_an_empty_table_and_a_place_that_cannot_be_written_are_refused(tmp_path, weak_test):
    empty = write(tmp_path / "empty.csv", NAMES[:2], [["", ""]])
    assert "nobody has answered" in run("report", empty, status=1).stderr
    nowhere = tmp_path / "nowhere" / "x.html"
    assert (
        "cannot be written" in run("report", weak_test[0], "--key", weak_test[1], "--output", nowhere, status=1).stderr
    )
