"""A learner at a browser: reads, answers, hands in, the way a person does it on the page."""

import contextlib
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, TimeoutError, expect
from right_answers import Knowledge

# Of the small training: what stands in its contents, in the order in which it opens.
STEPS = (
    "tes-awal", "selamat-datang", "mengenali-data-pribadi", "kuis-mengenali-data-pribadi", "menyimpan-dengan-aman",
    "kuis-menyimpan-dengan-aman", "tes-akhir", "survei",
)  # fmt: skip


class Learner:
    """`scripted` = the page's scripts run; without them every step is a form sent to the server."""

    def __init__(self, page: Page, knowledge: Knowledge, batch: str, *, scripted: bool = True):
        self.page, self.knowledge, self.batch, self.scripted = page, knowledge, batch, scripted

    def register(self, name: str, number: str, email: str, password: str) -> None:
        self.page.goto("/daftar/")
        for field, value in (("name", name), ("number", number), ("email", email), ("password", password)):
            self.page.fill(f"main [name={field}]", value)
        self.page.check("main [name=consent]")
        self.page.click("main form button.full")
        self.page.wait_for_url(lambda url: "/daftar/" not in url)

    def take_seat(self) -> None:
        self.page.goto(f"/angkatan/{self.batch}/")
        self.page.check("[name=pakta]")
        self.page.click("form[action$='/kursi/'] button.button:not(.quiet)")
        self.page.wait_for_load_state()

    def open(self, key: str) -> None:
        self.page.goto(f"/belajar/{self.batch}/{key}/")

    def walk(self, *, until: str = "") -> None:
        """Through the training step by step, to the end or until this step is next."""
        for key in STEPS:
            if key == until:
                return
            self.take(key)

    def take(self, key: str) -> None:
        if key.startswith(("tes-", "kuis-")):
            self.sit(key)
        elif key == "survei":
            self.answer_survey()
        else:
            self.read(key)

    def read(self, key: str) -> None:
        """Read to the end and mark it done; whoever is too quick is told how long it still takes, and waits."""
        self.open(key)
        for _ in range(12):
            if self.scripted:
                self._scroll_through()
            if self._is_past(key):
                return
            # The script may have seen the end of the lesson itself and taken the button away.
            with contextlib.suppress(TimeoutError):
                self.page.locator("[data-finish] [name=tuntas]").click(timeout=1000)
            self.page.wait_for_timeout(1500)
        raise AssertionError(f"{key} cannot be finished: {self.page.locator('[role=status]').all_inner_texts()}")

    def _is_past(self, key: str) -> bool:
        """The page went on by itself, or offers the next step."""
        elsewhere = not urlsplit(self.page.url).path.endswith(f"/{key}/")
        return elsewhere or self.page.locator("[data-finish] [data-next]").is_visible()

    def _scroll_through(self) -> None:
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(700)
        while self.page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 2"):
            self.page.evaluate("scrollBy(0, innerHeight / 2)")
            self.page.wait_for_timeout(700)

    def begin(self, key: str) -> str:
        """Begin a test; returns the sitting's uid."""
        self.open(key)
        self.page.click("main form button.button")
        self.page.wait_for_url("**/tes/*/**")
        return re.search(r"/tes/([0-9a-f-]{36})/", self.page.url).group(1)  # type: ignore[union-attr]

    def sit(self, key: str) -> None:
        """A whole sitting, everything right."""
        sitting = self.begin(key)
        self.answer_all(self.knowledge.of(sitting))
        self.hand_in()

    def answer_all(self, right: dict[str, Any], *, beginning_with: int = 1) -> None:
        for number, (item, value) in enumerate(right.items(), start=1):
            if number < beginning_with:
                continue
            self.answer(item, value)
            self.page.click("[data-maju]")
            if not self.scripted:
                self.page.wait_for_load_state()

    def answer(self, item: str, value: Any) -> None:
        """Answer the question in view."""
        box = self.page.locator(f"[data-item='{item}']")
        expect(box).to_be_visible()
        match box.get_attribute("data-type"):
            case "single":
                box.locator(f"input[value='{value}']").check(force=True)
            case "multiple":
                for each in value:
                    box.locator(f"input[value='{each}']").check(force=True)
            case "truefalse":
                box.locator(f"input[value='{str(value).lower()}']").check(force=True)
            case "matching":
                for left, right in value.items():
                    box.locator(f"[data-part='{left}']").select_option(value=right)
            case "ordering":
                for place, each in enumerate(value, start=1):
                    box.locator(f"[data-part='{each}']").select_option(value=str(place))
            case "cloze":
                for gap, each in value.items():
                    field = box.locator(f"[data-part='{gap}']")
                    if field.evaluate("field => field.tagName") == "SELECT":
                        field.select_option(value=each)
                    else:
                        field.fill(each)
            case _:
                box.locator("input.input").fill(value)

    def hand_in(self) -> None:
        """From the review; waits for the receipt."""
        form = self.page.locator("form[data-kumpulkan]")
        expect(form).to_be_visible()
        form.locator("button.button:not(.quiet)").click()
        self.page.wait_for_url("**/bukti/")

    def answer_survey(self) -> None:
        self.open("survei")
        for question in self.page.locator("main fieldset").all():
            if question.locator("input[type=radio]").count():
                question.locator("input[value='4']").check(force=True)
        self.page.click("main form button.button.wide")
        self.page.wait_for_load_state()
