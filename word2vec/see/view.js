/* The part of the map that the window shows, and the hands that move it.
 * The map is the square from 0 to 1; `k` is its width in pixels. */

const CLOSEST = 60; // times the whole map: there positions, kept in 16 bits, begin to show

class View {
  constructor(canvases, places) {
    Object.assign(this, { canvases, places, x: 0.5, y: 0.5, k: 1, width: 1, height: 1, ratio: 1 });
  }

  resize() {
    const box = this.canvases[0].getBoundingClientRect();
    this.width = Math.max(box.width, 1);
    this.height = Math.max(box.height, 1);
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of this.canvases) {
      canvas.width = Math.round(this.width * this.ratio);
      canvas.height = Math.round(this.height * this.ratio);
    }
  }

  whole() {
    return Math.max(Math.min(this.width, this.height) * 0.94, 50);
  }

  /* Where the bulk of the map fills the window: small islands far out do not count. */
  home() {
    const span = [0, 1].map((d) => {
      const values = this.places.filter((_, at) => at % 2 === d).sort();
      const at = (share) => values[Math.floor(share * (values.length - 1))] / 65535;
      return [at(0.01), at(0.99)];
    });
    const [[left, right], [low, high]] = span;
    const k = Math.min(this.width / (right - left || 1), this.height / (high - low || 1)) * 0.9;
    return [(left + right) / 2, (low + high) / 2, k];
  }

  to(x, y, k) {
    this.k = Math.min(Math.max(k, this.whole() / 2), this.whole() * CLOSEST);
    this.x = Math.min(Math.max(x, 0), 1);
    this.y = Math.min(Math.max(y, 0), 1);
  }

  screen(i) {
    return [
      (this.places[2 * i] / 65535 - this.x) * this.k + this.width / 2,
      (this.y - this.places[2 * i + 1] / 65535) * this.k + this.height / 2,
    ];
  }

  /* Where a place on the screen is on the map. */
  map(sx, sy) {
    return [this.x + (sx - this.width / 2) / this.k, this.y - (sy - this.height / 2) / this.k];
  }

  pan(dx, dy) {
    this.to(this.x - dx / this.k, this.y + dy / this.k, this.k);
  }

  /* Zoom by a factor; what is at a place on the screen stays there. */
  zoom(factor, sx = this.width / 2, sy = this.height / 2) {
    const [x, y] = this.map(sx, sy);
    this.to(this.x, this.y, this.k * factor);
    const [nx, ny] = this.map(sx, sy);
    this.to(this.x + x - nx, this.y + y - ny, this.k);
  }

  /* Points grow slowly as one comes nearer; on small windows they are smaller. */
  pointScale() {
    const crowd = Math.min(1, Math.sqrt(20000 / (this.places.length / 2)));
    return Math.min(Math.max((this.k / 900) ** 0.45, 0.55), 3) * (0.45 + 0.55 * crowd);
  }

  /* The word nearest to a place on the screen, not farther than `reach` pixels; or -1. */
  nearest(sx, sy, reach) {
    let best = -1, least = reach * reach;
    for (let i = 0; i < this.places.length / 2; i++) {
      const [x, y] = this.screen(i);
      const distance = (x - sx) ** 2 + (y - sy) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
}

/* Words inside a polygon on the map, in order; `places` as in Vectors. */
function inside(polygon, places) {
  const members = [];
  for (let i = 0; i < places.length / 2; i++) {
    const x = places[2 * i] / 65535, y = places[2 * i + 1] / 65535;
    let odd = false;
    for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a++) {
      const [ax, ay] = polygon[a], [bx, by] = polygon[b];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    if (odd) members.push(i);
  }
  return members;
}

/* Mouse, pen and fingers on the canvas: drag, pinch, wheel, click, and drawing a region. */
class Hands {
  constructor(canvas, view, on) {
    Object.assign(this, { canvas, view, on, fingers: new Map(), drawing: false, line: null });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"])
      canvas.addEventListener(name, (event) => this.up(event, name === "pointercancel"));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const step = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      view.zoom(Math.exp(-Math.min(Math.max(step, -240), 240) * 0.0022), ...this.place(event));
      on.changed();
    }, { passive: false });
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    const place = this.place(event);
    this.fingers.set(event.pointerId, place);
    if (this.fingers.size === 1) this.start = place;
    this.moved = this.fingers.size > 1;
    if (this.drawing && this.fingers.size === 1) this.line = [this.view.map(...place)];
    else this.canvas.classList.add("moving");
    this.on.grabbed();
  }

  move(event) {
    const place = this.place(event);
    const before = this.fingers.get(event.pointerId);
    if (!before) return this.on.hover(...place);
    this.fingers.set(event.pointerId, place);
    if (Math.hypot(place[0] - this.start[0], place[1] - this.start[1]) > 4) this.moved = true;
    if (this.line) this.line.push(this.view.map(...place));
    else if (this.fingers.size === 2) {
      const [other] = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const spread = (at) => Math.max(Math.hypot(at[0] - other[0], at[1] - other[1]), 8);
      this.view.zoom(spread(place) / spread(before), (place[0] + other[0]) / 2, (place[1] + other[1]) / 2);
      this.view.pan((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
    } else if (this.moved) this.view.pan(place[0] - before[0], place[1] - before[1]);
    this.on.changed();
  }

  up(event, cancelled) {
    const place = this.place(event);
    if (!this.fingers.delete(event.pointerId)) return;
    if (this.line) {
      const line = this.line;
      this.line = null;
      if (!cancelled && line.length > 2) this.on.region(line);
    } else if (!cancelled && !this.moved && !this.fingers.size) this.on.click(...place);
    if (!this.fingers.size) this.canvas.classList.remove("moving");
    this.on.changed();
  }
}
