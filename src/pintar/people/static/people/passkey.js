// Passkeys: ask the device, put its answer into the form, send the form. Hidden where the device knows none.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")

function asked(options) {
  const named = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }))
  const publicKey = { ...options, challenge: bytes(options.challenge) }
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) }
  if (options.excludeCredentials) publicKey.excludeCredentials = named(options.excludeCredentials)
  if (options.allowCredentials) publicKey.allowCredentials = named(options.allowCredentials)
  return { publicKey }
}

function answered(credential) {
  const response = {}
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part])
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue
  form.hidden = false
  const wrong = form.querySelector("[data-passkey-wrong]")
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return
    event.preventDefault()
    wrong.hidden = true
    try {
      const credential = await navigator.credentials[form.dataset.passkey](asked(JSON.parse(form.dataset.options)))
      form.elements.passkey.value = JSON.stringify(answered(credential))
      form.submit()
    } catch {
      wrong.hidden = false
    }
  })
}
