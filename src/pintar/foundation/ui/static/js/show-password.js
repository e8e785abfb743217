// <button type="button" hidden data-show-password aria-controls="password" data-hide="Sembunyikan">
//   <svg …> <span>Tampilkan</span></button>
// The button stays hidden where this script does not run. The words come from the template.
for (const button of document.querySelectorAll("[data-show-password]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"))
  const word = button.querySelector("span")
  const words = { password: word.textContent, text: button.dataset.hide }
  const turn = (type) => {
    field.type = type
    word.textContent = words[type]
  }
  button.hidden = false
  button.addEventListener("click", () => turn(field.type === "password" ? "text" : "password"))
  // Password managers only know a field of type password.
  field.form?.addEventListener("submit", () => turn("password"))
}
