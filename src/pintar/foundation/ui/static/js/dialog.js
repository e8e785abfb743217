// <a href="#name" data-open="name"> or <button type="button" data-open="name"> opens <dialog id="name">.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]")
  const dialog = opener && document.getElementById(opener.dataset.open)
  if (!dialog?.showModal) return
  event.preventDefault()
  dialog.showModal()
})
