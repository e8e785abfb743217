// What was played or read on this device and is not on the server yet: kept in IndexedDB, sent when there is signal.
// An operation that was once tried is never changed again, for the server counts each `op_id` once.

const STORE = "ops"
const ABANDONED = 60_000
const tokens = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || ""
const wait = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result)
  request.onerror = () => fail(request.error)
})

let database = null
const memory = new Map() // where the browser keeps nothing

function open() {
  database ??= new Promise((done, fail) => {
    const opening = indexedDB.open("pintar-belajar", 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "op_id" })
    opening.onsuccess = () => done(opening.result)
    opening.onerror = opening.onblocked = () => fail(opening.error)
  })
  return database
}

async function on(mode, work, otherwise) {
  try {
    return await wait(work((await open()).transaction(STORE, mode).objectStore(STORE)))
  } catch {
    return otherwise()
  }
}

export const keep = (op) => on("readwrite", (store) => store.put(op), () => memory.set(op.op_id, op))
const forget = (op) => {
  memory.delete(op.op_id)
  return on("readwrite", (store) => store.delete(op.op_id), () => null)
}

export async function waiting(person) {
  const kept = await on("readonly", (store) => store.getAll(), () => [])
  return [...kept, ...memory.values()].filter((op) => op.person === person).sort((a, b) => a.at - b.at)
}

// Sends all that waits. Resolves with {state: "saved" | "waiting" | "failed", left, status, answers}.
let sending = null
export function send(person, last = false) {
  sending ??= sendAll(person, last).finally(() => (sending = null))
  return sending
}

async function sendAll(person, last) {
  const answers = []
  // An open operation still grows in some tab; one that has not grown for long was left by a tab that is gone.
  const ops = (await waiting(person)).filter((op) => !op.open || Date.now() - op.at > ABANDONED)
  for (const [place, op] of ops.entries()) {
    if (!op.tried) await keep({ ...op, tried: true })
    let answer
    try {
      answer = await fetch(op.url, {
        method: "PUT",
        credentials: "same-origin",
        keepalive: last,
        headers: { "Content-Type": "application/json", "X-CSRFToken": tokens() },
        body: JSON.stringify({ ...op.body, op_id: op.op_id }),
      })
    } catch {
      return { state: "waiting", left: ops.length - place, status: 0, answers }
    }
    if (answer.ok) answers.push(await answer.json().catch(() => ({})))
    // Signed out, a stale page, a server that is busy: the operation stays, and is sent later.
    if ([401, 403, 408, 429].includes(answer.status) || answer.status >= 500) {
      return { state: "failed", left: ops.length - place, status: answer.status, answers }
    }
    await forget(op)
  }
  return { state: "saved", left: 0, status: 200, answers }
}
