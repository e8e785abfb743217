// Put into a page by the tests: what a person would see, as values.
window.looking = {
  // Elements that stick out of the window's width; what scrolls inside a box of its own does not count.
  sticksOut() {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const inBox = (e) => {
      for (let box = e.parentElement; box && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== "visible") return true
      return false
    }
    const out = [...document.body.querySelectorAll("*")].filter((e) => {
      const { left, right, width: own } = e.getBoundingClientRect()
      return own && (right > width + 1 || left < -1) && !inBox(e) && !e.closest(".skip, .unseen")
    })
    return (out.length ? out : [document.body]).slice(0, 3).map(this.name)
  },

  name(e) {
    const kind = typeof e.className === "string" && e.className ? "." + e.className.trim().replace(/\s+/g, ".") : ""
    return `${e.tagName.toLowerCase()}${kind} “${(e.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40)}”`
  },

  // The box in which a focused element is seen: a hidden radio is seen in its label.
  box(e) {
    const seen = getComputedStyle(e).opacity === "0" ? e.closest("label") || e.parentElement : e
    return seen
  },

  // The gold of the ring round what has the focus: no other line is one.
  ring: "rgb(242, 183, 5)",

  // What is wrong with the element that has the focus: unseen, covered, out of view; null when nothing is.
  focus() {
    const e = document.activeElement
    if (!e || e === document.body) return { at: "nothing", wrong: null }
    const box = this.box(e)
    const marked = [e, box, box.firstElementChild, e.nextElementSibling].some((one) => {
      if (!one) return false
      const style = getComputedStyle(one)
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && style.outlineColor === this.ring
    })
    // Some part of it must lie on top: a link over two lines has no middle of its own.
    const rects = [...box.getClientRects()].filter((r) => r.width && r.height)
    const onTop = rects.some((r) =>
      [0.5, 0.15, 0.85].some((y) => {
        const [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)] // of a long box what is in view
        const hit = document.elementFromPoint(r.left + Math.min(r.width / 2, 40), top + (bottom - top) * y)
        return hit && (box.contains(hit) || hit.contains(box) || hit.closest("label") === box)
      }),
    )
    const inView = rects.some((r) => r.bottom > 0 && r.top < innerHeight)
    // The browser's own controls of a recording have many stops inside one element.
    const native = ["VIDEO", "AUDIO", "IFRAME"].includes(e.tagName)
    const wrong = native ? null : !inView ? "out of view" : !onTop ? "covered" : !marked ? "no visible focus" : null
    return { at: this.name(e), wrong, primary: e === this.primary() }
  },

  // The one filled button of the page's main part or dock.
  primary() {
    return [...document.querySelectorAll("main .button, .dock .button")].find((e) => {
      return !e.matches(".quiet, .plain, .danger, [disabled]") && e.getClientRects().length && !e.closest(".toast, .menu")
    })
  },

  // What stands at the head of the page.
  head() {
    const headings = [...document.querySelectorAll("h1")].filter((e) => e.checkVisibility({ visibilityProperty: true }))
    return { language: document.documentElement.lang, direction: document.documentElement.dir, headings: headings.length }
  },

  // What axe finds, at most three places a rule.
  async violations(options) {
    const found = await axe.run(document, options)
    return found.violations.flatMap((v) =>
      v.nodes.slice(0, 3).map((n) => `${v.id}: ${n.target[0]} “${n.html.slice(0, 120)}”`),
    )
  },

  stops() {
    return document.querySelectorAll("a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary").length
  },

  // The words that a reader sees or hears, without those marked as of another language.
  words() {
    const language = document.documentElement.lang
    const foreign = (e) => e.closest("[lang]").lang !== language
    const unseen = (e) => e.closest("script, style, template, code, math, [translate=no], [data-code]:not(section)")
    const found = [document.title]
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement
      if (!foreign(parent) && !unseen(parent)) found.push(walker.currentNode.data)
    }
    for (const e of document.querySelectorAll("[alt], [aria-label], [placeholder], [title]"))
      if (!foreign(e)) for (const name of ["alt", "aria-label", "placeholder", "title"]) found.push(e.getAttribute(name) || "")
    return found.join("\n")
  },
}
