// An answer between the controls of a question and the value that the API takes.

const parts = set => [...set.querySelectorAll("[data-part]")]
const boxes = set => [...set.querySelectorAll("input[type=radio], input[type=checkbox]")]
const field = set => set.querySelector("input.input")

export function read(set) {
  const chosen = boxes(set).filter(box => box.checked).map(box => box.value)
  switch (set.dataset.type) {
    case "single": return chosen[0] ?? null
    case "truefalse": return chosen.length ? chosen[0] === "true" : null
    case "multiple": return chosen.length ? chosen : null
    case "ordering": {
      const placed = parts(set).filter(list => list.value).sort((a, b) => a.value - b.value)
      return placed.length ? placed.map(list => list.dataset.part) : null
    }
    case "matching":
    case "cloze": {
      const filled = parts(set).filter(control => control.value.trim())
      return filled.length ? Object.fromEntries(filled.map(c => [c.dataset.part, c.value.trim()])) : null
    }
    default: return field(set).value.trim() || null
  }
}

export function write(set, value) {
  switch (set.dataset.type) {
    case "single":
    case "truefalse": return boxes(set).forEach(box => { box.checked = value !== null && box.value === String(value) })
    case "multiple": return boxes(set).forEach(box => { box.checked = (value || []).includes(box.value) })
    case "ordering": return parts(set).forEach(list => {
      const place = (value || []).indexOf(list.dataset.part)
      list.value = list.dataset.was = place < 0 ? "" : String(place + 1)
    })
    case "matching":
    case "cloze": return parts(set).forEach(control => { control.value = (value || {})[control.dataset.part] ?? "" })
    default: field(set).value = value ?? ""
  }
}

// A place that is given anew takes the old place's step along, so that an order stays one.
export function swapPlaces(set, list) {
  const other = parts(set).find(each => each !== list && each.value && each.value === list.value)
  if (other) other.value = other.dataset.was = list.dataset.was || ""
  list.dataset.was = list.value
}
