// A test on this device. The page has come whole; from here on it needs no signal until it is handed in.

import {ServerClock} from "./clock.js"
import {MemoryLog, openLog} from "./log.js"
import {$, $$, announce, chip, notice, open, saveFile, say, time, words} from "./screen.js"
import {signIn} from "./signin.js"
import {Sender, call} from "./sync.js"
import {read, swapPlaces, write} from "./values.js"

const form = $("#soal")
const sets = $$("fieldset[data-item]", form)
const answers = new Map()
let log, clock, sender, about
let lease = words.lease
let csrf = $("[name=csrfmiddlewaretoken]", form).value
let deadline = Date.parse(words.deadline)
let current = 1
let shownAt = performance.now()
let locked = false
let handingIn = false

main()

async function main() {
  log = await openLog()
  about = await log.about(words.sitting).catch(() => ({}))
  const isOldPage = about.told >= Date.parse(words.now)
  clock = new ServerClock(Date.parse(words.now), isOldPage ? about.offset : undefined)
  for (const set of sets) answers.set(set.dataset.item, fromPage(set))
  for (const op of await log.ops(words.sitting).catch(() => [])) hear(op)
  for (const set of sets) write(set, answers.get(set.dataset.item).value)
  sender = new Sender(log, words.sitting, words.api, {lease: () => lease, csrf: () => csrf, tell})
  if (isOldPage) lease = about.lease || lease
  else if (about.lease !== lease) sender.ready = takeLease()
  await log.note(words.sitting, {told: Date.parse(words.now), offset: clock.offset, lease, person: words.person}).catch(() => {})
  dress()
  show(numberInAddress() || Number(form.elements.soal.value))
  if (!log.durable) notice("warn", words.memory)
  if (about.handingIn) handIn()
  else sender.soon(0)
  navigator.serviceWorker?.register("/sw.js").catch(() => {})
}

// What the server's page says about a question.
function fromPage(set) {
  const seq = Number(set.dataset.seq)
  return {value: read(set), flag: Boolean(set.dataset.flag), valueSeq: seq, flagSeq: seq}
}

// An operation counts where its number is the highest; "refused" ones never did.
function hear(op) {
  const answer = answers.get(op.item)
  if (!answer || op.state === "refused") return
  if ("value" in op && op.seq >= answer.valueSeq) Object.assign(answer, {value: op.value, valueSeq: op.seq})
  if ("flag" in op && op.seq >= answer.flagSeq) Object.assign(answer, {flag: op.flag, flagSeq: op.seq})
}

// Controls that only a script can serve, and the ones that the plain form had in their place.
function dress() {
  const next = $("[data-maju]")
  next.type = "button"
  next.addEventListener("click", () => (current < sets.length ? go(current + 1) : openReview()))
  const back = $("[data-mundur]")
  back.type = "button"
  back.addEventListener("click", () => go(current - 1))
  $("[data-ragu]").type = "button"
  $("[data-ragu]").addEventListener("click", turnFlag)
  form.addEventListener("submit", event => {
    event.preventDefault()
    if (event.submitter?.name === "clear") clear()
    else if (!locked) next.click()
  })
  form.addEventListener("change", event => change(event.target))
  form.addEventListener("input", event => typed(event.target))
  addEventListener("hashchange", () => numberInAddress() && show(numberInAddress(), true))
  for (const link of $$("[data-ke]")) link.href = `#soal-${link.dataset.ke}`
  $("[data-tinjau]").addEventListener("click", event => { event.preventDefault(); openReview() })
  $("[data-kembali]").addEventListener("click", event => { event.preventDefault(); closeReview(); show(current, true) })
  $("[data-kumpulkan]").addEventListener("submit", event => { event.preventDefault(); handIn() })
  for (const button of $$("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close())
  $("#masuk-lagi form").addEventListener("submit", comeBack)
  $("#perangkat [data-take]").addEventListener("click", takeOver)
  $("#simpan").addEventListener("click", () => sender.soon(0))
  $("#simpan").addEventListener("keydown", event => ["Enter", " "].includes(event.key) && sender.soon(0))
  addEventListener("pagehide", () => { keepTyping(); sender.leave() })
  document.addEventListener("visibilitychange", () => document.hidden && keepTyping())
  startTimer()
}

// Moving between questions ---------------------------------------------------------------------

function numberInAddress() {
  const number = Number(/^#soal-(\d+)$/.exec(location.hash)?.[1])
  return number >= 1 && number <= sets.length ? number : 0
}

function go(number) {
  if (location.hash === `#soal-${number}`) show(number, true)
  else location.hash = `soal-${number}`
}

function show(number, moved = false) {
  keepTyping()
  closeReview()
  current = number
  shownAt = performance.now()
  sets.forEach((set, place) => { set.hidden = place !== number - 1 })
  $("[data-nomor]").textContent = number
  form.elements.soal.value = number
  document.title = words.title.replace("{}", number)
  $("[data-mundur]").hidden = number === 1
  $("[data-maju] span").textContent = number < sets.length ? words.next : words.review
  paint()
  if (moved) {
    scrollTo(0, 0)
    $("h1", form).focus({preventScroll: true})
  }
}

function openReview() {
  keepTyping()
  paint()
  $("#kertas").hidden = $(".dock").hidden = true
  $("#tinjauan").hidden = false
  if (location.hash === "#peta") history.replaceState(null, "", "#tinjauan")
  scrollTo(0, 0)
  $("#tinjauan h1").focus({preventScroll: true})
}

function closeReview() {
  $("#tinjauan").hidden = true
  $("#kertas").hidden = $(".dock").hidden = false
}

function paint() {
  const count = {answered: 0, unsure: 0, empty: 0}
  const states = sets.map(set => {
    const {value, flag} = answers.get(set.dataset.item)
    const isEmpty = value === null || value === undefined
    count[isEmpty ? "empty" : "answered"] += 1
    if (flag) count.unsure += 1
    return flag ? "unsure" : isEmpty ? "empty" : "answered"
  })
  for (const link of $$("[data-ke]")) {
    const state = states[link.dataset.ke - 1]
    link.className = state === "empty" ? "" : state
    link.setAttribute("aria-label", `${say("item", link.dataset.ke)}, ${words[state]}`)
    if (Number(link.dataset.ke) === current && !link.closest("#tinjauan")) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
  for (const number of $$("[data-jumlah]")) number.textContent = count[number.dataset.jumlah]
  $("[data-ragu]").setAttribute("aria-pressed", String(answers.get(sets[current - 1].dataset.item).flag))
}

// Recording ------------------------------------------------------------------------------------

let typing, typingTimer

function typed(control) {
  if (control.tagName !== "INPUT" || !control.classList.contains("input")) return
  typing = control
  clearTimeout(typingTimer)
  typingTimer = setTimeout(keepTyping, 600)
}

function keepTyping() {
  clearTimeout(typingTimer)
  const control = typing
  typing = null
  if (control) change(control)
}

function change(control) {
  const set = control.closest("fieldset[data-item]")
  if (!set || locked) return
  if (typing === control) typing = null
  if (set.dataset.type === "ordering") swapPlaces(set, control)
  const value = read(set)
  if (JSON.stringify(value) !== JSON.stringify(answers.get(set.dataset.item).value)) record(set, {value})
}

function clear() {
  const set = sets[current - 1]
  if (locked) return
  write(set, null)
  if (answers.get(set.dataset.item).value !== null) record(set, {value: null})
}

function turnFlag() {
  const set = sets[current - 1]
  if (!locked) record(set, {flag: !answers.get(set.dataset.item).flag})
}

// Into the log first; the marks on the screen and the sending follow.
let recording = Promise.resolve()

function record(set, what) {
  const item = set.dataset.item
  const fields = {item, ms: Math.min(Math.round(performance.now() - shownAt), 2 ** 31 - 1), ...what}
  recording = recording.then(async () => {
    const floor = Math.max(Number(words.seq), ...[...answers.values()].map(a => Math.max(a.valueSeq, a.flagSeq)))
    try {
      hear(await log.append(words.sitting, floor, fields))
    } catch {
      // No space left, or storage taken away meanwhile: from here on in memory, and the page says so.
      const waiting = (await log.ops(words.sitting).catch(() => [])).filter(op => op.state === "waiting")
      log = sender.log = new MemoryLog(waiting)
      hear(await log.append(words.sitting, floor, fields))
      notice("warn", words.memory)
    }
    paint()
    const count = (await log.ops(words.sitting)).filter(op => op.state === "waiting").length
    if (isOffline) tell("waiting", {count})
    sender.soon()
  })
  return recording
}

// What became of it ----------------------------------------------------------------------------

let isOffline = false
let failures = 0

async function tell(state, data) {
  const strip = $("#luring")
  if (state === "saved") {
    clock.set(data.now)
    log.note(words.sitting, {offset: clock.offset}).catch(() => {})
    failures = 0
    if (isOffline) announce(say("back", data.sent))
    isOffline = false
    strip.hidden = true
    chip("saved", "check", say("saved", time(data.now, true)))
  } else if (state === "waiting") {
    if (!isOffline) announce(words.lost)
    isOffline = true
    strip.hidden = locked
    $("[data-luring]").textContent = say(log.durable ? "safe" : "memory", data.count)
    chip("waiting", "sync", say("waiting", data.count))
  } else if (state === "failed") {
    failures += 1
    if (failures > 1) chip("failed", "warn", words.failed)
  } else if (state === "signin") {
    chip("waiting", "sync", say("waiting", data.count))
    renewOrAsk()
  } else if (state === "taken" && isLeaseUnsure) {
    // We asked for it ourselves and never heard the answer: no other device is meant.
    if (await takeLease() === 200) sender.soon(0)
    else sender.soon(3000)
  } else if (state === "taken") {
    setLocked(true)
    chip("waiting", "sync", say("waiting", data.count))
    open($("#perangkat"))
    notice("warn", words.elsewhere, words.take, takeOver)
  } else if (state === "gone") notice("bad", words.foreign)
  else if (state === "held") notice("warn", say("held", data.count), words.see, () => location.assign(words.result))
  else if (state === "late") {
    setLocked(true)
    notice("warn", words.overLate, words.file, save)
  } else if (state === "refused") {
    const place = sets.findIndex(set => set.dataset.item === data.item)
    notice("bad", say("refused", place + 1))
  }
}

function setLocked(value) {
  locked = value
  for (const set of sets) set.disabled = value
  $("[name=clear]", form).disabled = $("[data-ragu]").disabled = value
}

// Session, device ------------------------------------------------------------------------------

async function renewOrAsk() {
  // The form's token may be older than the session: ask for the page anew before asking the person.
  const fresh = await fetch(words.page, {credentials: "same-origin"}).then(r => r.text()).catch(() => "")
  const page = new DOMParser().parseFromString(fresh, "text/html")
  if (page.getElementById("kata")) {
    renew(page)
    sender.soon(1000)
  } else if (fresh) open($("#masuk-lagi"))
}

function renew(page) {
  csrf = $("[name=csrfmiddlewaretoken]", page).value
  for (const field of $$("[name=csrfmiddlewaretoken]")) field.value = csrf
}

async function comeBack(event) {
  event.preventDefault()
  const dialog = $("#masuk-lagi")
  const wrong = $(".wrong", dialog)
  wrong.hidden = true
  const outcome = await signIn(event.target, words.page, renew)
  if (outcome === "in") {
    dialog.close()
    event.target.reset()
    sender.soon(0)
    if (handingIn) handIn()
    return
  }
  wrong.textContent = words[outcome]
  wrong.hidden = false
}

let isLeaseUnsure = false

async function takeLease() {
  const {status, body} = await call("PUT", `${words.api}/lease`, csrf)
  isLeaseUnsure = status === 0 || status >= 500
  if (status === 200) {
    lease = body.lease
    clock.set(Date.parse(body.now))
    deadline = Date.parse(body.deadline)
    await log.note(words.sitting, {lease, offset: clock.offset}).catch(() => {})
    for (const [item, {value, flag, seq}] of Object.entries(body.answers)) {
      const answer = answers.get(item)
      if (answer && seq >= answer.valueSeq && seq >= answer.flagSeq) {
        Object.assign(answer, {value, flag, valueSeq: seq, flagSeq: seq})
        write(sets.find(set => set.dataset.item === item), value)
      }
    }
  } else if (status === 410) location.assign(words.result)
  return status
}

async function takeOver() {
  const status = await takeLease()
  if (status === 401 || status === 403) return renewOrAsk()
  if (status !== 200) return
  $("#perangkat").close()
  $("#pesan").replaceChildren()
  setLocked(clock.now() > deadline)
  paint()
  if (handingIn) handIn()
  else sender.soon(0)
}

// Time -----------------------------------------------------------------------------------------

function startTimer() {
  const button = $("#waktu")
  if (button) {
    button.hidden = false
    $("[data-plain]").hidden = true
    const setHidden = value => {
      button.setAttribute("aria-pressed", String(!value))
      $("span", button).hidden = value
      button.title = value ? words.show : words.hide
      if (value) button.setAttribute("aria-label", words.show)
      else button.removeAttribute("aria-label")
      sessionStorage.setItem("tes-waktu", value ? "0" : "1")
    }
    button.addEventListener("click", () => setHidden(button.getAttribute("aria-pressed") === "true"))
    if (sessionStorage.getItem("tes-waktu") === "0") setHidden(true)
  }
  tick()
  setInterval(tick, 1000)
  document.addEventListener("visibilitychange", () => document.hidden || tick())
}

let lastMinutes

function tick() {
  if (clock.doubtful) {
    clock.advance()
    sender.soon(0)
  }
  const left = Math.max(0, Math.ceil((deadline - clock.now()) / 1000))
  const button = $("#waktu")
  if (button) {
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60]
    const two = number => String(number).padStart(2, "0")
    $(".ltr", button).textContent = [...(hours ? [hours] : []), two(minutes), two(seconds)].join(words.separator)
    button.classList.toggle("low", left <= 300)
    for (const mark of [10, 5, 1]) {
      if (left <= mark * 60 && lastMinutes > mark * 60) announce(say("left", mark))
    }
    lastMinutes = left
  }
  if (left === 0 && !handingIn) timeIsUp()
}

let asking = false

async function timeIsUp() {
  if (asking) return
  asking = true
  keepTyping()
  await recording
  // The server may have given more time meanwhile; it is asked before anything is handed in.
  const {status, body} = await call("GET", words.api, csrf)
  asking = false
  if (status === 200) {
    clock.set(Date.parse(body.now))
    deadline = Date.parse(body.deadline)
    if (body.closed_at) return location.assign(words.result)
    if (clock.now() < deadline) return
  }
  setLocked(true)
  if (status === 200) notice("warn", words.over)
  handIn(true)
}

// Handing in -----------------------------------------------------------------------------------

async function handIn(isOver = false) {
  handingIn = true
  keepTyping()
  await recording
  await log.note(words.sitting, {handingIn: true}).catch(() => {})
  setLocked(true)
  $("#luring").hidden = true
  if (!isOver) notice("", words.handing)
  const sent = await sender.send()
  if (sent) {
    const {status} = await call("POST", `${words.api}/submission`, csrf)
    if (status === 200) return location.assign(words.result)
    if (status === 401 || status === 403) renewOrAsk()
  }
  if ($("dialog[open]")) return
  const grace = Date.parse(words.grace) - Date.parse(words.deadline) + deadline
  if (clock.now() < deadline) notice("warn", words.sending)
  else if (clock.now() < grace) notice("warn", say("overOffline", `${time(grace)} ${words.zoneName}`), words.file, save)
  else notice("warn", words.overLate, words.file, save)
  setTimeout(() => handIn(isOver), 4000 + Math.random() * 4000)
}

const save = async () => saveFile(await log.ops(words.sitting))
