// What this device recorded: every operation, written before the screen shows it, kept until the sitting is over.
// Without IndexedDB the log lives in memory, and the page says so (`durable` is false).

const NAME = "pintar-tes"

export async function openLog() {
  try {
    const log = new Log()
    await log.run("readonly", () => {})
    return log
  } catch {
    return new MemoryLog()
  }
}

class Log {
  durable = true

  connect() {
    this.db = this.db || new Promise((resolve, reject) => {
      const opening = indexedDB.open(NAME, 1)
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("ops", {keyPath: "op_id"}).createIndex("sitting", "sitting")
        opening.result.createObjectStore("sittings", {keyPath: "sitting"})
      }
      opening.onsuccess = () => {
        opening.result.onclose = opening.result.onversionchange = () => { opening.result.close(); this.db = null }
        resolve(opening.result)
      }
      opening.onerror = opening.onblocked = () => reject(opening.error)
    }).catch(error => { this.db = null; throw error })
    return this.db
  }

  // Runs `work(ops, sittings)` in one transaction; resolves with what it returned once all of it is on the disk.
  async run(mode, work) {
    const db = await this.connect()
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(["ops", "sittings"], mode, {durability: "strict"})
      let result
      transaction.oncomplete = () => resolve(typeof result === "function" ? result() : result)
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
      result = work(transaction.objectStore("ops"), transaction.objectStore("sittings"))
    })
  }

  // Adds an operation with the next `seq`, which is above `floor`; two tabs never get the same one.
  append(sitting, floor, fields) {
    return this.run("readwrite", (ops, sittings) => {
      let op
      const known = sittings.get(sitting)
      known.onsuccess = () => {
        const record = known.result || {sitting}
        record.seq = Math.max(record.seq || 0, floor) + 1
        op = {op_id: newId(), sitting, seq: record.seq, at: Date.now(), state: "waiting", ...fields}
        sittings.put(record)
        ops.put(op)
      }
      return () => op
    })
  }

  ops(sitting) {
    return this.run("readonly", ops => {
      const all = sitting ? ops.index("sitting").getAll(sitting) : ops.getAll()
      return () => all.result.sort((a, b) => a.seq - b.seq)
    })
  }

  // `state` is "waiting", "sent" (acknowledged), "held" (came too late) or "refused".
  settle(ids, state) {
    return this.run("readwrite", ops => {
      for (const id of ids) {
        const found = ops.get(id)
        found.onsuccess = () => found.result && ops.put({...found.result, state})
      }
    })
  }

  about(sitting) {
    return this.run("readonly", (_, sittings) => {
      const found = sittings.get(sitting)
      return () => found.result || {}
    })
  }

  note(sitting, changes) {
    return this.run("readwrite", (_, sittings) => {
      const found = sittings.get(sitting)
      found.onsuccess = () => sittings.put({...found.result, ...changes, sitting})
    })
  }

  forget(sitting) {
    return this.run("readwrite", (ops, sittings) => {
      sittings.delete(sitting)
      const keys = ops.index("sitting").getAllKeys(sitting)
      keys.onsuccess = () => keys.result.forEach(key => ops.delete(key))
    })
  }
}

export class MemoryLog {
  durable = false
  records = new Map()

  constructor(ops = []) {
    this.kept = new Map(ops.map(op => [op.op_id, op]))
  }

  async append(sitting, floor, fields) {
    const record = {...await this.about(sitting), sitting}
    record.seq = Math.max(record.seq || 0, floor) + 1
    this.records.set(sitting, record)
    const op = {op_id: newId(), sitting, seq: record.seq, at: Date.now(), state: "waiting", ...fields}
    this.kept.set(op.op_id, op)
    return op
  }

  async ops(sitting) {
    return [...this.kept.values()].filter(op => !sitting || op.sitting === sitting).sort((a, b) => a.seq - b.seq)
  }

  async settle(ids, state) {
    for (const id of ids) if (this.kept.has(id)) this.kept.get(id).state = state
  }

  async about(sitting) { return this.records.get(sitting) || {} }
  async note(sitting, changes) { this.records.set(sitting, {...this.records.get(sitting), ...changes, sitting}) }
  async forget(sitting) {
    this.records.delete(sitting)
    for (const op of await this.ops(sitting)) this.kept.delete(op.op_id)
  }
}

// crypto.randomUUID exists on https and localhost only, and not in browsers of 2020.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}
