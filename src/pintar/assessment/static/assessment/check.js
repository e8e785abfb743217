// Before a test: can this device keep answers without signal, and does its clock agree with the server's?

import {openLog} from "./log.js"

const storage = document.querySelector("[data-periksa-simpan]")
const clock = document.querySelector("[data-periksa-jam]")
const told = Date.parse(storage.dataset.now)

openLog().then(log => { storage.hidden = log.durable })
if (told) clock.hidden = Math.abs(Date.now() - told) < 120_000
navigator.storage?.persist?.().catch(() => {})
navigator.serviceWorker?.register("/sw.js").catch(() => {})
