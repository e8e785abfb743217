// The editor of items: what is typed is kept as a draft and drawn as a learner sees it, a moment after the last key.
// Without this script every button of the page does the same.

const form = document.querySelector("form[data-autosave]");
const beside = document.querySelector("[data-beside]");
const PAUSE = 800;
const AGAIN = 5000;

if (form && beside) edit(form, beside);

function edit(form, beside) {
  const place = `pintar:draf:${form.getAttribute("action")}`;
  let timer = 0;
  let sent = text();
  let asked = null;
  let failed = 0;

  restore();
  form.addEventListener("input", () => later(PAUSE));
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  window.addEventListener("online", keep);
  window.addEventListener("pagehide", () => text() !== sent && navigator.sendBeacon(form.action, body()));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
    sent = text();
    localStorage.removeItem(place);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return move(event);
    if (event.key === "s") {
      event.preventDefault();
      keep();
    } else if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=do][value=save]"));
    }
  });

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(keep, pause);
  }

  async function keep() {
    const now = text();
    if (now === sent && !failed) return;
    clearTimeout(timer);
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.action, { method: "POST", body: body(), signal: asked.signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      draw(await answer.text());
      sent = now;
      failed = 0;
      localStorage.removeItem(place);
    } catch (wrong) {
      if (wrong.name === "AbortError") return;
      failed += 1;
      hold(now);
      later(AGAIN * Math.min(failed, 6));
    }
  }

  // What cannot be sent stays on this device, and the chip says so.
  function hold(now) {
    let word = beside.dataset.waiting;
    try {
      localStorage.setItem(place, now);
      if (failed > 2) word = beside.dataset.failed;
    } catch {
      // Private windows keep nothing; the draft is in the page.
    }
    const chip = beside.querySelector(".save");
    chip.dataset.state = failed > 2 ? "failed" : "waiting";
    chip.lastChild.textContent = ` ${word}`;
  }

  function restore() {
    const held = localStorage.getItem(place);
    if (!held || held === sent) return;
    for (const [name, value] of new URLSearchParams(held)) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (field.type !== "hidden") field.value = value;
      }
    }
    later(0);
  }

  function draw(html) {
    const focused = beside.contains(document.activeElement);
    if (!focused) beside.innerHTML = html;
  }

  // A row goes up or down with Alt and an arrow: its texts change places with its neighbour's.
  function move(event) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest?.("fieldset > .field");
    const other = event.key === "ArrowUp" ? row?.previousElementSibling : row?.nextElementSibling;
    if (!row || !other?.classList.contains("field")) return;
    event.preventDefault();
    const [mine, theirs] = [row, other].map((each) => [...each.querySelectorAll("input, textarea, select")]);
    mine.forEach((field, n) => {
      if (!theirs[n]) return;
      const [here, there] = [field.checked, theirs[n].checked];
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = there;
        theirs[n].checked = here;
      } else {
        [field.value, theirs[n].value] = [theirs[n].value, field.value];
      }
    });
    theirs[mine.indexOf(event.target)]?.focus();
    later(PAUSE);
  }

  function text() {
    const fields = new URLSearchParams(new FormData(form));
    fields.delete("csrfmiddlewaretoken");
    return fields.toString();
  }

  function body() {
    const fields = new FormData(form);
    fields.set("do", "keep");
    return fields;
  }
}
