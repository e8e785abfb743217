// <button type="button" hidden data-copy="https://…" data-done="Tautan tersalin">
//   <svg …> <span aria-live="polite">Salin tautan</span></button>
// The button stays hidden where nothing can be copied. The words come from the template.
for (const button of document.querySelectorAll("[data-copy]")) {
  const word = button.querySelector("span")
  const before = word.textContent
  button.hidden = !navigator.clipboard
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    word.textContent = button.dataset.done
    setTimeout(() => (word.textContent = before), 8000)
  })
}
