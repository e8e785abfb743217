(function () {
  // The server says when to ask again and what to show; what changes the page itself is loaded anew.
  var body = document.body, wait = +body.dataset.again, tries = 0
  function later() { setTimeout(ask, wait * 1000) }
  function ask() {
    fetch(location.pathname, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (r) { return r.json() }).then(function (told) {
      if (told.face !== body.dataset.face) return location.reload()
      for (var name in told.show) document.querySelectorAll("[data-n=" + name + "]").forEach(function (e) { if (e.tagName === "PROGRESS") e.value = told.show[name]; else e.textContent = told.show[name] })
      tries = 0; wait = told.again; signal(true); later()
    }).catch(function () { tries++; wait = Math.min(60, 10 * tries) * (0.75 + Math.random() / 2); signal(false); later() })
  }
  function signal(there) { document.getElementById("luring").hidden = there }
  addEventListener("online", function () { if (tries) ask() })
  if (body.dataset.again) later()
})()
