/* The words on the map: placed anew in every frame, most important first, each where no
 * other stands. Boxes are compared exactly, so that a label keeps its place while one pans. */

const CELL = 64; // pixels; a label touches a few cells only
const LOOKED_AT = 3000; // words tried in one frame: the rest are rarer than any that fit
const PAD = 4;

class Labels {
  constructor(canvas, vectors) {
    this.pen = canvas.getContext("2d");
    this.vectors = vectors;
    this.shares = frequencyShares(vectors);
    this.widths = new Map(); // by font, then word: measuring text is what costs
    this.family = getComputedStyle(document.body).fontFamily;
    this.placed = [];
  }

  font(i, strong) {
    const size = strong ? 14 : Math.round(11 + 5 * this.shares[i] ** 2);
    return `${strong ? "600 " : ""}${size}px ${this.family}`;
  }

  width(text, font) {
    let widths = this.widths.get(font);
    if (!widths) this.widths.set(font, (widths = new Map()));
    let width = widths.get(text);
    if (width === undefined) {
      this.pen.font = font;
      widths.set(text, (width = this.pen.measureText(text).width));
    }
    return width;
  }

  /* Choose what to show: `first` (marked words) before all others, `shown(i)` or not. */
  place(view, first, shown, sizes) {
    this.placed = [];
    this.cells = new Map();
    const marked = new Set(first);
    const limit = Math.min(260, (view.width * view.height) / 4500);
    for (const i of marked) this.tryToPlace(i, true, view, sizes);
    let tried = 0;
    for (let i = 0; i < this.vectors.length && tried < LOOKED_AT; i++) {
      if (this.placed.length >= limit) break;
      const [x, y] = view.screen(i);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      if (marked.has(i) || !shown(i)) continue;
      tried++;
      this.tryToPlace(i, false, view, sizes);
    }
    return this.placed;
  }

  /* Above its point, or for marked words wherever there is room beside it. */
  tryToPlace(i, strong, view, sizes) {
    const [x, y] = view.screen(i);
    const half = (sizes[i] * view.pointScale()) / 2 + (strong ? 5 : 2);
    const font = this.font(i, strong);
    const whole = this.vectors.words[i];
    const text = whole.length > 40 ? whole.slice(0, 39) + "…" : whole;
    const width = this.width(text, font);
    const height = parseInt(font.replace("600 ", ""), 10) + 2;
    const corners = [[x - width / 2, y - half - height]];
    if (strong)
      corners.push([x - width / 2, y + half], [x + half, y - height / 2], [x - half - width, y - height / 2]);
    for (const [left, top] of corners) {
      const box = { word: i, text, font, strong, left, right: left + width, top, bottom: top + height };
      if (this.take(box, view)) return;
    }
  }

  /* Put a label down if it is on the screen and touches no other. */
  take(box, view) {
    if (box.right < 0 || box.left > view.width || box.bottom < 0 || box.top > view.height) return false;
    const cells = [];
    for (let cy = Math.floor((box.top - PAD) / CELL); cy <= (box.bottom + PAD) / CELL; cy++)
      for (let cx = Math.floor((box.left - PAD) / CELL); cx <= (box.right + PAD) / CELL; cx++)
        cells.push(cx * 4096 + cy);
    for (const cell of cells)
      for (const other of this.cells.get(cell) || [])
        if (box.left < other.right + PAD && other.left < box.right + PAD
          && box.top < other.bottom && other.top < box.bottom) return false;
    for (const cell of cells) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
    this.placed.push(box);
    return true;
  }

  draw(ink, halo, accent) {
    const pen = this.pen;
    pen.textBaseline = "top";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = halo;
    for (const box of this.placed) {
      pen.font = box.font;
      pen.strokeText(box.text, box.left, box.top);
      pen.fillStyle = box.strong ? accent : ink;
      pen.fillText(box.text, box.left, box.top);
    }
  }

  /* The word whose label is at a place on the screen, or -1. */
  at(x, y) {
    const box = this.placed.find(
      (b) => x >= b.left - 2 && x <= b.right + 2 && y >= b.top && y <= b.bottom);
    return box ? box.word : -1;
  }
}
