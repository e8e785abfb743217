// Whatever tests left on this device is sent from here too; a sitting that is over and sent is forgotten.

import {openLog} from "./log.js"
import {call, outgoing} from "./sync.js"

const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value || ""
const receipt = document.querySelector("[data-bukti]")?.dataset.bukti

main()

async function main() {
  const log = await openLog()
  const waiting = {}
  for (const op of await log.ops()) if (op.state === "waiting") (waiting[op.sitting] = waiting[op.sitting] || []).push(op)
  for (const [sitting, ops] of Object.entries(waiting)) {
    const about = await log.about(sitting)
    const body = {lease: about.lease || "", ops: ops.slice(0, 100).map(outgoing)}
    const answer = await call("PUT", `/api/v1/sittings/${sitting}/answers`, csrf, body)
    if (answer.status === 200 || answer.status === 202) {
      const sent = answer.body.receipts.map(each => each.op_id)
      await log.settle(sent, "sent")
      if (answer.body.held) await log.settle(body.ops.map(op => op.op_id).filter(id => !sent.includes(id)), "held")
    }
  }

  if (receipt) {
    const left = (await log.ops(receipt)).filter(op => op.state === "waiting").length
    const words = document.querySelector("[data-belum-terkirim]")
    if (left && words) words.textContent = words.dataset.belumTerkirim.replace("{}", left)
    if (!left) await log.forget(receipt)
    const print = document.querySelector("[data-cetak]")
    print.hidden = false
    print.addEventListener("click", () => window.print())
  }
}
