// Sending what was recorded: within a second, in batches after silence, again and again until there is a receipt.

const MOST = 100
const LONGEST_PAUSE = 30_000
const PATIENCE = 15_000

// One call of the API. Resolves with {status, body}; status 0 where the server was not reached.
export async function call(method, url, csrf, body, {keepalive = false} = {}) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const response = await fetch(url, {
      method,
      keepalive,
      signal: stop.signal,
      credentials: "same-origin",
      headers: {"Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf},
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const retry = Number(response.headers.get("Retry-After")) * 1000 || 0
    return {status: response.status, body: await response.json().catch(() => ({})), retry}
  } catch {
    return {status: 0, body: {}, retry: 0}
  } finally {
    clearTimeout(timer)
  }
}

export const outgoing = op => {
  const sent = {op_id: op.op_id, seq: op.seq, item: op.item, ms: op.ms}
  if ("value" in op) sent.value = op.value
  if ("flag" in op) sent.flag = op.flag
  return sent
}

export class Sender {
  // `tell(state, data)`: "saved" {sent, now}, "waiting" {count}, "failed" {count}, "signin", "taken", "gone", "closed",
  // "late", "held" {count}, "refused" {item}. `lease()` and `csrf()` are asked at each sending.
  constructor(log, sitting, api, {lease, csrf, tell}) {
    Object.assign(this, {log, sitting, api, lease, csrf, tell, tries: 0, ready: Promise.resolve()})
    addEventListener("online", () => this.soon(0))
    addEventListener("focus", () => this.soon(0))
    document.addEventListener("visibilitychange", () => this.soon(0))
  }

  soon(pause = 250) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.send(), pause)
  }

  // Sends until nothing waits. Resolves with true if everything was acknowledged.
  send() {
    this.sending = this.sending || this.sendAll().finally(() => { this.sending = null })
    return this.sending
  }

  async sendAll() {
    clearTimeout(this.timer)
    await this.ready
    for (;;) {
      const waiting = (await this.log.ops(this.sitting)).filter(op => op.state === "waiting")
      if (!waiting.length) {
        this.tries = 0
        return true
      }
      const lease = this.lease()
      const answer = await call("PUT", `${this.api}/answers`, this.csrf(), {lease, ops: waiting.slice(0, MOST).map(outgoing)})
      if (await this.settle(answer, waiting, lease)) continue
      return false
    }
  }

  // Deals with one answer of the server; true if sending goes on.
  async settle({status, body, retry}, waiting, lease) {
    if (status === 200 || status === 202) {
      const ids = body.receipts.map(receipt => receipt.op_id)
      await this.log.settle(ids, "sent")
      if (body.held) {
        const held = waiting.slice(0, MOST).map(op => op.op_id).filter(id => !ids.includes(id))
        await this.log.settle(held, "held")
        this.tell("held", {count: body.held})
      }
      this.tries = 0
      this.tell("saved", {sent: ids.length, now: Date.parse(body.now)})
      return ids.length > 0 || body.held > 0
    }
    const code = body.code
    if (status === 401 || status === 403) this.tell("signin", {count: waiting.length})
    else if (status === 404) this.tell("gone", {})
    else if (code === "lease_taken") {
      if (lease !== this.lease()) return true
      this.tell("taken", {count: waiting.length})
    } else if (code === "too_late") this.tell("late", {count: waiting.length})
    else if (status === 422 && body.reasons?.[0]?.data?.op_id) {
      const id = body.reasons[0].data.op_id
      await this.log.settle([id], "refused")
      this.tell("refused", {item: waiting.find(op => op.op_id === id)?.item})
      return true
    } else {
      this.tell(status ? "failed" : "waiting", {count: waiting.length})
      this.tries += 1
      // Full jitter, so that a whole town does not come back in the same second.
      this.soon(Math.max(retry, 400 + Math.random() * Math.min(LONGEST_PAUSE, 1000 * 2 ** Math.min(this.tries, 8))))
    }
    return false
  }

  // The last chance while the page goes away.
  async leave() {
    const waiting = (await this.log.ops(this.sitting)).filter(op => op.state === "waiting").slice(0, 50)
    if (!waiting.length) return
    const body = {lease: this.lease(), ops: waiting.map(outgoing)}
    await call("PUT", `${this.api}/answers`, this.csrf(), body, {keepalive: true})
  }
}
