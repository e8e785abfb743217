// A lesson: what is played or read is kept on the device every five seconds, sent at every pause and at least once a
// minute, and counted on the server.
import { blocks } from "./blocks.js"
import { keep, send, waiting } from "./outbox.js"
import { player } from "./player.js"
import { add, clock } from "./ranges.js"

const KEEP = 5_000
const SEND = 60_000
const root = document.querySelector("[data-lesson]")
const data = root.dataset
const page = {
  form: data.form,
  length: Number(data.length),
  start: Number(data.start),
  limit: Number(data.limit),
  done: "done" in data && !("rereading" in data),
}
const recording = page.form === "audio" || page.form === "video"
const here = `pintar-di:${data.send}:${page.form}`

let visit = [] // all of this visit
let op = fresh()
let changed = false
let mended = false

function fresh() {
  const op_id = crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`
  const body = { form: page.form, ranges: [], position: null, opened: data.mark }
  return { op_id, person: data.person, url: data.send, at: Date.now(), body }
}

const told = {
  heard(from, to) {
    const round = (n) => Math.round(n * 10) / 10
    visit = add(visit, round(from), round(to), recording ? 0.5 : 0)
    op.body.ranges = add(op.body.ranges, round(from), round(to), recording ? 0.5 : 0).slice(0, 200)
    changed = true
  },
  sync: () => flush(),
}

const mediaRoot = root.querySelector("[data-player]")
const blockRoot = root.querySelector("[data-blocks]")
const view = mediaRoot?.querySelector("[data-media]")
  ? player(mediaRoot, page, told)
  : blockRoot
    ? blocks(blockRoot, page, told)
    : { position: () => page.start, seek() {}, open() {} }

// `close`: nothing is added to the operation any more. An open one is left alone by whoever sends, this tab or another.
async function put(close) {
  if (!changed && !(close && op.kept)) return
  changed = false
  op.open = !close
  op.kept = true
  op.body.position = Math.round(view.position() * 10) / 10
  op.at = Date.now()
  const kept = JSON.parse(JSON.stringify(op))
  if (close) op = fresh()
  try {
    localStorage.setItem(here, String(kept.body.position))
  } catch {
    // private windows keep nothing
  }
  await keep(kept)
}

// What was kept is closed and sent; what comes after is a new operation.
async function flush(last = false) {
  await put(true)
  show(await send(data.person, last))
}

const chip = document.querySelector("[data-save]")
function show({ state, left, status, answers }) {
  const words = chip.querySelector("span")
  const time = new Date()
  const at = [time.getHours(), time.getMinutes()].map(n => String(n).padStart(2, "0")).join(chip.dataset.separator)
  if (state === "saved" && !answers.length) state = chip.hidden ? "" : chip.dataset.state
  if (state) {
    chip.hidden = false
    chip.dataset.state = state
    const use = chip.querySelector("use")
    const drawing = { saved: "#check", waiting: "#sync", failed: "#warn" }[state]
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, drawing))
    if (answers.length && state === "saved") words.textContent = `${chip.dataset.saved} ${at}`
    if (state === "waiting") words.textContent = `${chip.dataset.waiting}, ${left}`
    if (state === "failed") words.textContent = chip.dataset.failed
  }
  document.querySelector("[data-offline]").hidden = state !== "waiting"
  document.querySelector("[data-signed-out]").hidden = !(state === "failed" && status === 401)
  const mine = answers.filter((each) => data.send.endsWith(`/${each.lesson}`)).pop()
  if (mine) learn(mine)
}

function learn(answer) {
  if (answer.form === page.form) view.open(answer.open_until)
  if (answer.missing <= 0 && answer.wait > 0 && !mended) {
    // All was seen, quicker than can be believed: said once more when there was time for it.
    mended = true
    setTimeout(() => {
      mended = false
      changed = true
      flush()
    }, (answer.wait + 1) * 1000)
  }
  const finished = answer.rereading ? answer.missing <= 0 && answer.wait <= 0 : answer.completed_at
  const tick = document.querySelector("[data-tick]")
  if (finished && tick) {
    tick.hidden = true
    document.querySelector("[data-next]").hidden = false
  }
}

const form = document.querySelector("[data-finish]")
form.addEventListener("submit", (event) => {
  // Offline the tap is not lost: what was seen is on its way, and finishes the lesson when it arrives.
  if (!navigator.onLine) {
    event.preventDefault()
    changed = true
    flush()
    return
  }
  form.elements.dilihat.value = JSON.stringify(visit.slice(0, 200))
})

for (const radio of document.querySelectorAll("[data-formats] input")) {
  radio.addEventListener("change", async () => {
    await Promise.race([flush(), new Promise((done) => setTimeout(done, 1500))])
    radio.form.submit()
  })
}

const place = document.querySelector("[data-note-position]")
const label = document.querySelector("[data-note-label]")
function noted() {
  if (!recording || !place) return
  place.value = view.position().toFixed(1)
  if (label) label.textContent = label.dataset.words.replace("{at}", clock(view.position()))
}
document.querySelector("#catatan")?.addEventListener("focus", noted)

const print = document.querySelector("[data-print]")
print.hidden = false
print.addEventListener("click", () => window.print())

function twoDevices() {
  const box = document.querySelector("[data-two-devices]")
  let mine = null
  try {
    mine = localStorage.getItem(here)
  } catch {
    return
  }
  const [ours, theirs] = [Number(mine), Number(data.last)]
  if (!recording || mine === null || !theirs || Math.abs(ours - theirs) < 15) return
  const words = box.querySelector("p")
  words.textContent = words.dataset.words.replace("{there}", clock(theirs)).replace("{here}", clock(ours))
  for (const [name, at] of [["there", theirs], ["here", ours]]) {
    const button = box.querySelector(`[data-${name}]`)
    button.textContent = clock(at)
    button.addEventListener("click", () => {
      view.seek(at)
      box.hidden = true
    })
  }
  box.hidden = false
}
twoDevices()

setInterval(() => put(false), KEEP)
setInterval(() => flush(), SEND)
addEventListener("online", () => flush())
addEventListener("focus", () => flush())
addEventListener("offline", async () => show({ state: "waiting", left: (await waiting(data.person)).length, answers: [] }))
document.addEventListener("visibilitychange", () => flush(document.visibilityState === "hidden"))
// The page was opened: the server knows since when, whatever signal does next.
changed = !page.done
flush()
