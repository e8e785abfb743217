"""Folded and kept pieces say what the template says, in each language, to each reader."""

import pytest
from django.middleware.csrf import get_token
from django.template import Context, Engine, Template, TemplateSyntaxError, engines
from django.template.base import TextNode
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from pintar.foundation.preferences import Preferences
from pintar.foundation.ui import folding
from pintar.foundation.ui.keeping import MOST

SAME = (
    '<p>{% translate "Masuk" %} {% icon "done" "small" %} <a href="{% url "masuk" %}">{% static "mark.svg" %}</a></p>'
)


def parsed(source: str) -> Template:
    return engines["django"].engine.from_string(source)


def folded(source: str) -> Template:
    template = parsed(source)
    template.nodelist = folding.fold(template.nodelist)
    return template


@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_what_is_the_same_for_everyone_becomes_one_text(language):
    with translation.override(language):
        template = folded(SAME)
        assert [type(node) for node in template.nodelist] == [TextNode]
        assert template.render(Context()) == parsed(SAME).render(Context())


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Masuk" as word %}{{ word }}',
        '{% static "mark.svg" as address %}{{ address }}',
        '{% url "masuk" as address %}{{ address }}',
        '{% icon "done" kind %}',
        "{% translate word %}",
        '{% if a %}{% translate "Masuk" %}{% elif b %}{% icon "done" %}{% else %}x{% endif %}',
        '{% for n in many %}{{ n }}{% translate "Masuk" %}{% empty %}{% icon "no" %}{% endfor %}',
        '{% language "ar" %}{% translate "Masuk" %}{% endlanguage %}{% translate "Masuk" %}',
        '{% with x=kind %}{% icon "done" %}{{ x }}{% endwith %}',
        "a{% comment %}b{% endcomment %}c",
        '{% blocktranslate with n=kind %}Soal {{ n }}, ragu{% endblocktranslate %}{% icon "done" %}',
    ],
)
@pytest.mark.parametrize("values", [{}, {"a": 1, "kind": "small", "word": "Masuk"}, {"b": 1, "many": [1, 2]}])
def test_folding_changes_nothing_that_is_seen(source, values):
    with translation.override("en"):
        assert folded(source).render(Context(values)) == parsed(source).render(Context(values))


def test_a_constant_that_fails_fails_where_it_is_drawn_and_not_before():
    template = folded('{% if a %}{% static "is-not-there.css" %}{% endif %}ok')
    assert template.render(Context()) == "ok"
    with pytest.raises(ValueError, match="is-not-there"):
        template.render(Context({"a": 1}))


def test_each_language_has_its_own_folded_template():
    pages = {}
    for language in ("id", "en", "ar", "id"):
        with translation.override(language):
            page = render_to_string("foundation/parts/nav.html", {"tab": "beranda"})
            assert pages.setdefault(language, page) == page
    assert len(set(pages.values())) == 3


def test_partials_are_folded_too():
    template = get_template("foundation/refusals.html#forbidden").template
    assert any(isinstance(node, TextNode) and "<" in node.s for node in template.nodelist)


def test_a_kept_piece_sees_nothing_but_its_key():
    request = RequestFactory().get("/")
    get_token(request)
    source = "{% keep n=n %}{{ n }}[{{ person }}{{ request }}{% csrf_token %}{{ forloop.counter }}]{% endkeep %}"
    template = engines["django"].from_string(f"{{% for x in many %}}{source}{{% endfor %}}{{{{ person }}}}")
    drawn = template.render({"n": 1, "person": "Siti", "many": [1, 2]}, request)
    assert drawn == "1[]1[]Siti"


def test_a_kept_piece_is_made_once_for_equal_values_a_language_and_a_zone():
    made = []

    class Value:
        def __init__(self, name: str):
            self.name = name

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Value) and self.name == other.name

        def __hash__(self) -> int:
            return hash(self.name)

        def __str__(self) -> str:
            made.append(self.name)
            return self.name

    template = parsed("{% keep value=value %}{{ value }}{% endkeep %}")
    for _ in range(3):
        for name in ("a", "b"):
            assert template.render(Context({"value": Value(name)})) == name
    assert made == ["a", "b"]
    with timezone.override("Asia/Jayapura"), translation.override("en"):
        template.render(Context({"value": Value("a")}))
    assert made == ["a", "b", "a"]


def test_kept_pieces_do_not_grow_for_ever():
    template = parsed("{% keep n=n %}{{ n }}{% endkeep %}")
    for n in range(MOST * 2 + 3):
        assert template.render(Context({"n": str(n)})) == str(n)
    [node] = template.nodelist
    assert len(node.kept) <= MOST


def test_keep_takes_names_with_values_only():
    with pytest.raises(TemplateSyntaxError):
        parsed("{% keep person %}{% endkeep %}")


def test_the_foot_is_each_readers_own():
    feet = {
        render_to_string("foundation/parts/foot.html", {"preferences": chosen, "here": "/x/"})
        for chosen in (Preferences(), Preferences(text="3"), Preferences(theme="dark"), Preferences(saver=True))
    }
    assert len(feet) == 4
    assert all('value="/x/"' in foot for foot in feet)


def test_the_engine_of_the_house_folds():
    assert isinstance(Engine.get_default().template_loaders[0], folding.Loader)
