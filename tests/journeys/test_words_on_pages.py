"""What stands on the pages: Indonesian without English, one heading, a title of its own, the language declared."""

import re
from collections import defaultdict

import pytest
from server import Server
from visitors import VISITORS, visits

# Words that English cannot do without and Indonesian does not have.
ENGLISH = frozenset(
    re.findall(
        r"\S+",
        """
    the and of is are was were be been being has have had does did will would should can't cannot could with without
    from into your you yours our we they them their this that these those there here not yes or but because if then
    when while where which who what why how please click press enter submit save saved cancel delete remove edit update
    back next previous continue start begin finish done ready loading load search find found sign login logout password
    username account home page pages course courses lesson lessons quiz question questions answer answers score
    certificate download upload file files error errors warning success failed invalid required missing unknown
    allowed first last name email today tomorrow yesterday day days hour hours minute minutes second seconds
    monday tuesday wednesday thursday friday saturday sunday january february march may june july august october
    december open opened closed full seat seats batch learner organiser help language text size theme dark light
    """,
    )
)

pages = pytest.mark.parametrize("visitor", VISITORS, ids=lambda v: v.name)


@pages
def test_pages_in_indonesian_hold_no_english_words(session, demonstration: Server, visitor):
    found = {}
    for address, page in visits(session, demonstration, visitor, "id"):
        words = set(re.findall(r"[a-z']+", page.evaluate("looking.words()").lower()))
        if english := sorted(words & ENGLISH):
            found[address.path] = english
    assert found == {}


@pages
@pytest.mark.parametrize("language", ["id", "en", "ar"])
def test_a_page_has_one_heading_a_title_of_its_own_and_says_its_language(
    session,
    demonstration: Server,
    visitor,
    language,
):
    wrong: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, str] = {}
    for address, page in visits(session, demonstration, visitor, language):
        says = page.evaluate("[document.documentElement.lang, document.documentElement.dir].join()")
        if says != f"{language},{'rtl' if language == 'ar' else 'ltr'}":
            wrong[address.path].append(says)
        if (headings := page.locator("h1").count()) != 1:
            wrong[address.path].append(f"{headings} h1")
        title = page.title()
        if not re.fullmatch(r".+ · Pintar", title):
            wrong[address.path].append(f"title {title!r}")
        elif titles.setdefault(title, address.route) != address.route:
            wrong[address.path].append(f"title {title!r} of {titles[title]} too")
    assert dict(wrong) == {}
