/* The word vectors on the plane of their two principal components.
 *
 * Axes of principal components turn and flip from step to step without meaning; the plane is
 * therefore turned back to agree as well as it can with the one before. */

class Scatter {
  constructor(texts, explainer) {
    Object.assign(this, { texts, explainer });
    this.figure = byId("scatter").querySelector("[data-figure]");
    this.box = byId("show-output");
    this.box.onchange = () => this.trainer && this.draw(this.trainer, this.record);
    new ResizeObserver(() => {
      if (this.trainer && this.figure.clientWidth !== this.width) this.draw(this.trainer, this.record);
    }).observe(this.figure);
  }

  build(trainer) {
    const { explainer, texts } = this;
    byId("both").hidden = Boolean(trainer.tree); // its output rows are nodes, not words
    this.axes = null;
    const dot = (id, kind, text, what) => {
      const label = drawn("text", {}, trainer.vocabulary[id].word);
      const node = drawn("g", { class: `dot ${kind}`, role: "img", "aria-label": text }, drawn("circle", { r: 5.5 }), label);
      return { id, node: explainer.add(node, what), label };
    };
    this.inputs = trainer.vocabulary.map(({ word }, id) => dot(id, "", word, () => this.say(id)));
    this.outputs = trainer.tree ? [] : trainer.vocabulary.map(({ word }, id) => dot(id, "out", fill(texts.scatterOutput, { word }), () => this.say(id, true)));
    this.lines = drawn("g", {});
    this.svg = drawn("svg", { role: "group", "aria-label": texts.scatter }, this.lines,
      ...this.outputs.map(({ node }) => node), ...this.inputs.map(({ node }) => node));
    this.figure.replaceChildren(this.svg);
  }

  draw(trainer, record) {
    Object.assign(this, { trainer, record });
    const width = this.width = this.figure.clientWidth || 380;
    // With full softmax it has the column for itself.
    const height = Math.round(width * (trainer.tree || trainer.noise || width > 500 ? 0.86 : 1.25));
    this.svg.setAttribute("height", height);
    const both = this.box.checked && !trainer.tree;
    const { axes, centre, share } = plane(trainer.input, this.axes);
    this.axes = axes;
    this.flat = (row) => axes.map((axis) => product(axis, row.map((value, d) => value - centre[d])));
    const places = trainer.input.map(this.flat), outs = both ? trainer.output.map(this.flat) : [];
    const reach = Math.max(1e-6, ...[...places, ...outs].flatMap(([x, y]) => [Math.abs(x) / (width - 110), Math.abs(y) / (height - 50)]));
    const at = ([x, y]) => [width / 2 + x / (2 * reach), height / 2 - y / (2 * reach)];
    this.drawLines(width, height, reach);
    const boxes = [...places, ...outs].map(at).map(([x, y]) => [x - 6, y - 6, x + 6, y + 6]);
    const move = ({ node, label }, place) => {
      const [x, y] = at(place);
      node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      settle(label, x, y, boxes, width);
    };
    this.inputs.forEach((point, id) => {
      const { classList } = point.node;
      classList.toggle("is-target", id === record.target);
      classList.toggle("is-input", record.inputs.includes(id) && id !== record.target);
      move(point, places[id]);
    });
    this.outputs.forEach((point, id) => {
      point.node.style.display = both ? "" : "none";
      if (both) move(point, outs[id]);
    });
    byId("scatter-hint").textContent = fill(this.texts.scatterHint, { share: percent(share) });
  }

  drawLines(width, height, reach) {
    const step = niceStep(width * reach);
    const lines = [];
    for (let k = -Math.floor((width * reach) / step); k * step <= width * reach; k++) {
      const x = width / 2 + (k * step) / (2 * reach);
      lines.push(drawn("line", { class: k ? "grid" : "axis", x1: x, x2: x, y1: 0, y2: height }));
      if (x < width - 30) lines.push(drawn("text", { class: "small", x: x + 3, y: height - 4 }, plain(k * step)));
    }
    for (let k = -Math.floor((height * reach) / step); k * step <= height * reach; k++) {
      const y = height / 2 - (k * step) / (2 * reach);
      lines.push(drawn("line", { class: k ? "grid" : "axis", x1: 0, x2: width, y1: y, y2: y }));
    }
    this.lines.replaceChildren(...lines);
  }

  say(id, out = false) {
    const { texts, trainer } = this;
    const { word } = trainer.vocabulary[id];
    const [x, y] = this.flat((out ? trainer.output : trainer.input)[id]).map((value) => decimal(value));
    const near = trainer.neighbours(id, 3).map((other) => `${other.word} ${decimal(other.similarity, 2)}`).join(", ");
    return [fill(out ? texts.sayPointOut : texts.sayPoint, { word }), fill(texts.sayPointIs, { x, y }),
      out ? null : fill(texts.sayPointNear, { words: near })];
  }
}

// Where a label may stand, best first: its anchor, and how far it is from its point.
const SIDES = [["start", 9, 4], ["end", -9, 4], ["middle", 0, -10], ["middle", 0, 20],
  ["start", 7, -7], ["end", -7, -7], ["start", 7, 16], ["end", -7, 16]];

/* Put a label on that side of its point where it covers least of the others. */
function settle(label, x, y, boxes, width) {
  const long = 7.2 * label.textContent.length, high = 15;
  const sides = SIDES.map(([anchor, dx, dy]) => {
    const left = x + dx - (anchor === "end" ? long : anchor === "middle" ? long / 2 : 0);
    const box = [left, y + dy - 11, left + long, y + dy - 11 + high];
    const covered = boxes.reduce((all, other) => all
      + Math.max(0, Math.min(box[2], other[2]) - Math.max(box[0], other[0]))
      * Math.max(0, Math.min(box[3], other[3]) - Math.max(box[1], other[1])), 0);
    const outside = Math.max(0, -box[0]) + Math.max(0, box[2] - width);
    return { anchor, dx, dy, box, cost: covered + 100 * outside };
  });
  const best = sides.reduce((a, b) => (b.cost < a.cost ? b : a));
  for (const [name, value] of [["text-anchor", best.anchor], ["x", best.dx], ["y", best.dy]]) label.setAttribute(name, value);
  boxes.push(best.box);
}

/* The plane of the two principal components: axes (two unit vectors at right angles, turned
 * towards those of before), the centre, and the share of the variance. */
function plane(rows, before) {
  const size = rows[0].length;
  const centre = Array.from({ length: size }, (_, d) => mean(rows.map((row) => row[d])));
  const centred = rows.map((row) => Array.from(row, (value, d) => value - centre[d]));
  const covariance = centre.map((_, i) => centre.map((__, j) => mean(centred.map((row) => row[i] * row[j]))));
  const { vectors, values } = eigen(covariance);
  const total = values.reduce((all, value) => all + value, 0);
  const share = total > 0 ? (values[0] + values[1]) / total : 1;
  return { axes: turned(vectors.slice(0, 2), before), centre, share };
}

/* Turn, or turn and flip, two axes within their plane, as near to those of before as can be. */
function turned([a, b], before) {
  if (!before) return [a, b];
  const [[pa, pb], [qa, qb]] = before.map((axis) => [product(axis, a), product(axis, b)]);
  const flip = Math.hypot(pa - qb, pb + qa) > Math.hypot(pa + qb, qa - pb) ? -1 : 1;
  const angle = Math.atan2(qa - flip * pb, pa + flip * qb);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [a.map((value, d) => c * value - flip * s * b[d]), a.map((value, d) => s * value + flip * c * b[d])];
}

/* Eigenvectors and eigenvalues of a small symmetric matrix, largest first (Jacobi's method). */
function eigen(matrix) {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) {
      off += a[i][j] ** 2;
      if (Math.abs(a[i][j]) < 1e-300) continue;
      const theta = (a[j][j] - a[i][i]) / (2 * a[i][j]);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const c = 1 / Math.hypot(t, 1), s = t * c;
      for (const row of a) [row[i], row[j]] = [c * row[i] - s * row[j], s * row[i] + c * row[j]];
      [a[i], a[j]] = [a[i].map((value, k) => c * value - s * a[j][k]), a[i].map((value, k) => s * value + c * a[j][k])];
      [vectors[i], vectors[j]] = [vectors[i].map((value, k) => c * value - s * vectors[j][k]),
        vectors[i].map((value, k) => s * value + c * vectors[j][k])];
    }
    if (off < 1e-30) break;
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return { vectors: order.map((i) => vectors[i]), values: order.map((i) => Math.max(a[i][i], 0)) };
}
