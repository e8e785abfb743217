// A recording: the browser's own player, with larger keys around it. The first time through nothing beyond the point
// that was reached can be skipped to; going back and up to 1.5 times the speed are free.
import { clock } from "./ranges.js"

const SPEEDS = [1, 1.25, 1.5]
const EASY = 2 // seconds that a player may jump by itself

export function player(root, page, told) {
  const media = root.querySelector("[data-media]")
  const all = (name) => root.querySelector(`[data-${name}]`)
  const { length, done } = page
  let limit = done ? length : page.limit
  let before = null
  let begun = false

  const bar = all("seek-bar")
  const slider = bar.querySelector("input")
  const lines = Object.fromEntries([...bar.querySelectorAll("svg [class]")].map((each) => [each.getAttribute("class"), each]))
  const play = all("play")

  function draw() {
    const at = position()
    const share = (seconds) => `${Math.min(99, Math.max(0.5, (100 * seconds) / length))}%`
    if (document.activeElement !== slider || !media.paused) slider.value = at
    slider.setAttribute("aria-valuetext", slider.dataset.words.replace("{at}", clock(at)).replace("{of}", clock(length)))
    lines.past.setAttribute("x2", share(at))
    lines.heard.setAttribute("x2", share(limit))
    lines.knob.setAttribute("cx", share(at))
    lines.limit.setAttribute("x1", share(limit))
    lines.limit.setAttribute("x2", share(limit))
    all("at").textContent = clock(at)
    const open = all("limit-at")
    if (open) open.textContent = clock(limit)
    const word = media.paused ? play.dataset.labelPlay : play.dataset.labelPause
    play.setAttribute("aria-label", word)
    const use = play.querySelector("use")
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, media.paused ? "#play" : "#pause"))
  }

  const position = () => (begun ? media.currentTime : page.start)

  function seek(to) {
    if (to > limit + 0.5) {
      blocked()
      to = limit
    }
    to = Math.max(0, Math.min(to, length - 0.2))
    if (media.readyState < 1) {
      page.start = to
      begun = false
      media.load()
    } else media.currentTime = to
    draw()
  }

  function blocked() {
    const note = all("blocked")
    const words = note.querySelector("p")
    words.textContent = words.dataset.words.replace("{at}", clock(limit))
    note.hidden = false
    clearTimeout(blocked.timer)
    blocked.timer = setTimeout(() => (note.hidden = true), 8000)
  }

  media.addEventListener("loadedmetadata", () => {
    if (!begun) media.currentTime = page.start
    begun = true
  })
  media.addEventListener("timeupdate", () => {
    const at = media.currentTime
    if (media.seeking || !begun) return
    if (before !== null && at > before && at - before < EASY) {
      told.heard(before, at)
      if (before <= limit + EASY) limit = Math.max(limit, at)
    }
    before = at
    draw()
  })
  media.addEventListener("seeking", () => {
    before = null
    // The browser's own bar knows no limit.
    if (begun && media.currentTime > limit + EASY) {
      media.currentTime = limit
      blocked()
    }
  })
  media.addEventListener("seeked", () => {
    before = media.currentTime
    told.sync()
  })
  media.addEventListener("ratechange", () => {
    if (media.playbackRate > 1.5) media.playbackRate = 1.5
    all("speed").querySelector("b").textContent = `${String(media.playbackRate).replace(".", ",")}×`
  })
  for (const event of ["play", "pause", "ended"]) media.addEventListener(event, draw)
  media.addEventListener("pause", () => told.sync())
  media.addEventListener("ended", () => {
    told.heard(Math.max(0, length - EASY), length)
    told.sync()
  })
  const sources = media.querySelectorAll("source")
  sources[sources.length - 1]?.addEventListener("error", () => (all("broken").hidden = false))

  play.addEventListener("click", () => (media.paused ? media.play().catch(() => {}) : media.pause()))
  for (const key of root.querySelectorAll("[data-step]")) {
    key.addEventListener("click", () => seek(position() + Number(key.dataset.step)))
  }
  all("speed").addEventListener("click", () => {
    media.playbackRate = SPEEDS[(SPEEDS.indexOf(media.playbackRate) + 1) % SPEEDS.length]
  })
  all("captions")?.addEventListener("click", () => {
    const track = media.textTracks[0]
    if (track) track.mode = track.mode === "showing" ? "hidden" : "showing"
    const words = document.getElementById("transkrip")
    if (words && !track) words.open = !words.open
  })
  slider.addEventListener("input", () => seek(Number(slider.value)))
  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-seek]")
    if (!line || !root.isConnected) return
    event.preventDefault()
    seek(Number(line.dataset.seek))
    media.play().catch(() => {})
  })
  const session = navigator.mediaSession
  if (session && window.MediaMetadata) {
    session.metadata = new MediaMetadata({ title: document.querySelector("h1")?.textContent || "", artist: "Pintar" })
    for (const [name, by] of [["seekbackward", -10], ["seekforward", 10]]) {
      try {
        session.setActionHandler(name, () => seek(position() + by))
      } catch {
        // this browser knows no such key
      }
    }
  }

  const cues = [...document.querySelectorAll(".transcript [data-seek]")]
  media.addEventListener("timeupdate", () => {
    let now = null
    for (const cue of cues) if (Number(cue.dataset.seek) <= media.currentTime + 0.2) now = cue
    for (const cue of cues) cue === now ? cue.setAttribute("aria-current", "true") : cue.removeAttribute("aria-current")
  })

  if (media.tagName === "AUDIO") media.removeAttribute("controls")
  for (const name of ["seek-bar", "keys", "times"]) all(name).hidden = false
  draw()
  return { position, seek, open: (until) => ((limit = Math.max(limit, until)), draw()) }
}
