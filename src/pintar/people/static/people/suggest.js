// Names that match what is being typed, as the browser's own suggestions. Without this module the page offers
// them after sending.

const PAUSE = 250
const SHORTEST = 3

for (const input of document.querySelectorAll("[data-suggest]")) {
  const list = document.getElementById(input.getAttribute("list"))
  let timer
  let asked = ""
  input.addEventListener("input", () => {
    clearTimeout(timer)
    const typed = input.value.trim()
    if (typed.length < SHORTEST || typed === asked) return
    timer = setTimeout(async () => {
      asked = typed
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`)
        if (!answer.ok || asked !== typed) return
        const { items } = await answer.json()
        list.replaceChildren(...items.map((name) => Object.assign(document.createElement("option"), { value: name })))
      } catch {
        asked = ""
      }
    }, PAUSE)
  })
}
