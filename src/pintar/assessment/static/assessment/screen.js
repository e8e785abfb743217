// What the page of a test shows beside its questions: the chip, notices, dialogs, times, the emergency file. Its words
// stand in the page (`#kata`), in the reader's language.

import {outgoing} from "./sync.js"

export const $ = (selector, within = document) => within.querySelector(selector)
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)]
export const words = $("#kata").dataset
export const say = (name, filling = "") => words[name].replace("{}", filling)

export function chip(state, drawing, text) {
  const chip = $("#simpan")
  chip.hidden = false
  chip.dataset.state = state
  $("use", chip).setAttribute("href", `${words.icons}#${drawing}`)
  $("span", chip).textContent = text
  // "Gagal, coba lagi" may be pressed; the other two only tell.
  for (const [name, value] of [["role", "button"], ["tabindex", "0"]]) {
    if (state === "failed") chip.setAttribute(name, value)
    else chip.removeAttribute(name)
  }
}

export function announce(text) {
  $("#kabar").textContent = text
}

export function notice(kind, text, button, action) {
  const box = document.createElement("div")
  box.className = `note ${kind}`
  box.setAttribute("role", "alert")
  box.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${words.icons}#${kind === "bad" ? "warn" : "info"}"/></svg><p></p>`
  $("p", box).textContent = text
  if (button) {
    const actions = document.createElement("div")
    actions.className = "actions"
    const press = document.createElement("button")
    press.type = "button"
    press.className = "button quiet"
    press.textContent = button
    press.addEventListener("click", action)
    actions.append(press)
    box.append(actions)
  }
  $("#pesan").replaceChildren(box)
}

export function open(dialog) {
  if (dialog.open) return
  if (dialog.showModal) dialog.showModal()
  else dialog.setAttribute("open", "")
}

// An instant of the server in the reader's zone: 10.32, or 10.32.05.
export function time(instant, seconds = false) {
  const parts = {hour: "2-digit", minute: "2-digit", ...(seconds ? {second: "2-digit"} : {}), hourCycle: "h23"}
  return new Intl.DateTimeFormat("en-GB", {...parts, timeZone: words.zone}).format(instant).replace(/:/g, words.separator)
}

// Everything typed, as a file: should the signal never come back, an organiser can still see it.
export function saveFile(ops) {
  const sent = ops.map(op => ({...outgoing(op), at: op.at, state: op.state}))
  const file = new Blob([JSON.stringify({sitting: words.sitting, ops: sent})], {type: "application/json"})
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = `jawaban-${words.sitting}.json`
  link.click()
}
