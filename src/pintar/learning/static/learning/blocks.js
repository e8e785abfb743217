// Reading and slides: a paragraph or page counts once it was in view for a while, on a screen that was on.

export function blocks(root, page, told) {
  const parts = [...root.children]
  const seconds = page.form === "slides" ? 2 : 1
  const since = new Map()
  const seen = new Set()
  // One element is one paragraph; should a text ever have more elements, they share them.
  const number = (part) => Math.floor((parts.indexOf(part) * page.length) / parts.length)
  let top = page.start

  const watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect } of entries) {
        const inView = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight * 0.4)
        if (!inView) since.delete(target)
        else if (!since.has(target)) since.set(target, Date.now())
      }
    },
    { threshold: [0, 0.1, 0.25, 0.5, 0.75, 1] },
  )
  for (const part of parts) watch.observe(part)

  setInterval(() => {
    if (document.visibilityState !== "visible") {
      for (const part of since.keys()) since.set(part, Date.now())
      return
    }
    let first = null
    for (const [part, at] of since) {
      first = first === null ? number(part) : Math.min(first, number(part))
      if (seen.has(part) || Date.now() - at < seconds * 1000) continue
      seen.add(part)
      told.heard(number(part), number(part) + 1)
      if (seen.size === parts.length) told.sync()
    }
    if (first !== null) top = first
  }, 500)

  if (page.start > 0 && !location.hash) {
    parts.find((part) => number(part) >= Math.floor(page.start))?.scrollIntoView({ block: "start" })
  }
  return { position: () => top, seek: () => {}, open: () => {} }
}
