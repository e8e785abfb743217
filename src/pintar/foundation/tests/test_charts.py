"""Charts as components: each drawn in every language, its title true of what it draws."""

import re

import pytest

from pintar.foundation.ui.charts import examples

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_every_chart_is_drawn_with_a_title_and_a_table(client, language):
    client.post("/tampilan/", {"language": language})
    page = client.get("/komponen/grafik/").text
    figures = re.findall(r'<figure class="chart".*?</figure>', page, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        assert re.search(r"<h3>[^<]+</h3>", figure)
        assert "<svg" in figure
        assert figure.count("<table") == 1
    assert re.search(r"\d%", page) and not re.search(r"\d(\s|&nbsp;)%", page)


def test_the_titles_are_true_of_the_invented_cohort():
    shown = examples()
    assert [bar.option for bar in shown["options"] if bar.attracts_able] == ["B"]
    shares = [group.share for group in shown["curve"].seen]
    assert shares[-1] > 2 * shares[0]
    assert 0 < shown["people"].above < shown["people"].persons
    assert 0 < shown["gains"].proven < len(shown["gains"].rows)
