// On pages without a lesson: what lessons left on this device is sent from here too.
import { send } from "./outbox.js"

const person = document.querySelector("[data-person]")?.dataset.person
const flush = () => person && send(person)
addEventListener("online", flush)
addEventListener("focus", flush)
flush()
