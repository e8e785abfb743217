// Ranges [from, to), sorted and joined.
export function add(ranges, from, to, gap = 0) {
  if (!(to > from)) return ranges
  const all = [...ranges, [from, to]].sort((a, b) => a[0] - b[0])
  const joined = []
  for (const [start, end] of all) {
    const before = joined[joined.length - 1]
    if (before && start <= before[1] + gap) before[1] = Math.max(before[1], end)
    else joined.push([start, end])
  }
  return joined
}

const two = (n) => String(n).padStart(2, "0")
// 252 → "04.12"
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  return (hours ? `${two(hours)}.` : "") + `${two(Math.floor(whole / 60) % 60)}.${two(whole % 60)}`
}
