// The server's time on this device: a monotonic clock from an instant that the server told. The device's own clock
// only helps where the monotonic one slept or the page came without signal; it never decides anything.

export class ServerClock {
  // `told` is the server's instant (ms) of this page; `offset` (server minus device) is used where the page is an old one.
  constructor(told, offset) {
    this.set(offset === undefined ? told : Date.now() + offset)
  }

  set(server) {
    this.base = server
    this.ticked = performance.now()
    this.offset = server - Date.now()
  }

  now() {
    return this.base + performance.now() - this.ticked
  }

  // Whether the device slept or its clock was moved since the server was last asked.
  get doubtful() {
    return Math.abs(Date.now() + this.offset - this.now()) > 2000
  }

  // Where the server cannot be asked: sleep is more likely than a clock that was put forward.
  advance() {
    this.set(Math.max(this.now(), Date.now() + this.offset))
  }
}
