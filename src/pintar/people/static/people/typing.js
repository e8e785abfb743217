// Sign-in and other forms with a number or a password: show the password, say what number was recognised.
// Words come from the page; without this module every form works the same.

const KINDS = [
  ["NIP", /^(19|20)\d{6}\d{6}[12]\d{3}$/],
  ["NIK", /^[1-9]\d(?!00)\d\d(?!00)\d\d(0[1-9]|[1256]\d|[37][01]|4[1-9])(0[1-9]|1[0-2])\d{6}$/],
  ["NUPTK", /^\d{16}$/],
  ["NIDN", /^\d{10}$/],
  ["NPK/PegID", /^\d{8,14}$/],
]
const GROUPS = [8, 6, 1, 3]

const bare = (text) => text.replace(/[\s.\-/]/g, "")

function grouped(digits) {
  if (digits.length === 18) {
    let at = 0
    return GROUPS.map((size) => digits.slice(at, (at += size))).join(" ")
  }
  return digits.length === 16 ? digits.match(/\d{4}/g).join(" ") : digits
}

for (const button of document.querySelectorAll("[data-show]")) {
  const input = document.getElementById(button.getAttribute("aria-controls"))
  button.hidden = false
  button.addEventListener("click", () => {
    const show = input.type === "password"
    input.type = show ? "text" : "password"
    button.setAttribute("aria-pressed", show)
    button.querySelector("span").textContent = show ? button.dataset.hideText : button.dataset.showText
  })
  // Managers and servers expect a password field.
  input.form.addEventListener("submit", () => { input.type = "password" })
}

for (const input of document.querySelectorAll("[data-number]")) {
  const seen = input.closest(".field").querySelector("[data-seen]")
  const say = (text) => {
    const icon = document.querySelector("#people-check")
    seen.replaceChildren(...(text ? [icon.content.cloneNode(true), Object.assign(document.createElement("span"), { textContent: text })] : []))
  }
  const look = () => {
    const typed = bare(input.value)
    const kind = KINDS.find(([, shape]) => shape.test(typed))
    if (kind) return say(seen.dataset.numberText.replace("{kind}", kind[0]).replace("{digits}", typed.length))
    const address = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(input.value.trim())
    say(address && seen.dataset.emailText ? seen.dataset.emailText : "")
  }
  input.addEventListener("input", look)
  input.addEventListener("change", () => {
    const typed = bare(input.value)
    if (/^\d{16}$|^\d{18}$/.test(typed)) input.value = grouped(typed)
  })
  if (input.value) look()
}
