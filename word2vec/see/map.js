/* The page: reads the data, draws when something has changed, answers hands and keys. */

class WordMap {
  constructor(vectors, texts) {
    Object.assign(this, { vectors, texts, chosen: -1, found: [], arrows: null, members: null });
    this.hovered = -1;
    this.canvas = byId("labels");
    this.view = new View([byId("points"), this.canvas], vectors.places);
    this.points = new Points(byId("points"), vectors);
    this.labels = new Labels(this.canvas, vectors);
    this.colours = new Colours(vectors, texts);
    this.hands = new Hands(this.canvas, this.view, {
      changed: () => this.changed(),
      grabbed: () => cancelAnimationFrame(this.flight),
      hover: (x, y) => this.hover(x, y),
      click: (x, y) => this.choose(this.wordAt(x, y, 22)),
      region: (line) => this.region(inside(line, vectors.places), line),
    });
    this.panel = new Panel(vectors, texts, {
      choose: (word, number) => this.choose(word, number, true),
      analogy: (given, answer) => this.showAnalogy(given, answer),
      lasso: () => this.lasso(true),
      takeView: () => this.takeView(),
      clear: () => this.region(null),
    });
    this.search = new Search(vectors, texts, (word) => this.choose(word, 10, true));
    this.keys = new Keys(this);
    followTheme(this);
    byId("colour").onchange = (event) => this.colourBy(event.target.value);
    new ResizeObserver(() => this.resize()).observe(byId("sheet"));
    this.resize();
    this.view.to(...this.view.home());
    this.draw();
  }

  // ---- drawing -----------------------------------------------------------

  resize() {
    const whole = this.view.whole();
    this.view.resize();
    this.view.to(this.view.x, this.view.y, (this.view.k * this.view.whole()) / whole);
    this.draw(); // at once: a canvas is empty after its size was set
  }

  changed() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    const { view, labels, points } = this;
    const ink = (name) => this.ink[name];
    points.draw(view);
    const pen = labels.pen;
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    this.drawRegion(pen);
    const marked = [...(this.arrows ? this.arrows.flat() : []),
      ...(this.chosen >= 0 ? [this.chosen, ...this.found.map(({ word }) => word)] : []),
      ...(this.hovered >= 0 ? [this.hovered] : [])];
    this.drawMarks(pen, marked);
    const shown = (i) => this.colours.shown(i);
    labels.place(view, marked, shown, points.sizes);
    labels.draw(ink("ink"), ink("ground"), ink("accent"));
  }

  drawMarks(pen, marked) {
    const { view, ink } = this;
    pen.strokeStyle = pen.fillStyle = ink.accent;
    pen.lineWidth = 1.2;
    pen.globalAlpha = 0.45;
    if (this.chosen >= 0)
      for (const { word } of this.found.slice(0, 10)) line(pen, view.screen(this.chosen), view.screen(word));
    pen.globalAlpha = 1;
    if (this.arrows)
      for (const [from, to] of this.arrows) {
        pen.lineWidth = 2.5;
        line(pen, view.screen(from), view.screen(to), true);
      }
    pen.lineWidth = 2;
    for (const i of new Set(marked)) {
      const [x, y] = view.screen(i);
      const radius = (this.points.sizes[i] * view.pointScale()) / 2 + (i === this.chosen ? 4 : 2);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  drawRegion(pen) {
    const outline = this.hands.line || this.outline;
    if (!outline) return;
    pen.beginPath();
    for (const [x, y] of outline)
      pen.lineTo((x - this.view.x) * this.view.k + this.view.width / 2,
        (this.view.y - y) * this.view.k + this.view.height / 2);
    pen.closePath();
    pen.fillStyle = pen.strokeStyle = this.ink.accent;
    pen.globalAlpha = 0.1;
    pen.fill();
    pen.globalAlpha = 1;
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 4]);
    pen.stroke();
    pen.setLineDash([]);
  }

  setTheme(theme) {
    this.theme = document.documentElement.dataset.theme = theme;
    const style = getComputedStyle(document.documentElement);
    this.ink = Object.fromEntries(["ink", "ground", "accent"].map(
      (name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    this.recolour();
  }

  recolour() {
    const { vectors, chosen, colours } = this;
    const wanted = colours.by === "similarity" && chosen >= 0;
    const cosines = wanted ? vectors.cosines(vectors.unit(chosen)) : null;
    this.points.colour(colours.tint(this.theme, cosines));
    colours.legend(this.theme, chosen < 0 ? null : vectors.words[chosen], () => this.recolour());
    this.changed();
  }

  colourBy(what) {
    byId("colour").value = this.colours.by = what;
    this.recolour();
  }

  // ---- moving ------------------------------------------------------------

  /* Go where all of these words can be seen. */
  flyTo(words) {
    const { view } = this;
    const xs = words.map((i) => view.places[2 * i] / 65535);
    const ys = words.map((i) => view.places[2 * i + 1] / 65535);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = Math.min(view.width / (right - left || 1e-9), view.height / (high - low || 1e-9)) * 0.7;
    this.fly((left + right) / 2, (low + high) / 2, Math.min(room, Math.max(view.k, view.whole() * 3)));
  }

  fly(x, y, k) {
    cancelAnimationFrame(this.flight);
    const { view } = this;
    const from = { x: view.x, y: view.y, k: Math.log(view.k) };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now();
    const step = (now) => {
      const t = still ? 1 : Math.min(Math.max(now - begin, 0) / 420, 1);
      const s = t * t * (3 - 2 * t);
      const at = (a, b) => a + s * (b - a);
      view.to(at(from.x, x), at(from.y, y), Math.exp(at(from.k, Math.log(k))));
      this.draw();
      if (t < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  // ---- choosing ----------------------------------------------------------

  wordAt(x, y, reach) {
    const label = this.labels.at(x, y);
    return label >= 0 ? label : this.view.nearest(x, y, reach);
  }

  hover(x, y) {
    const word = this.hands.drawing ? -1 : this.wordAt(x, y, 10);
    if (word === this.hovered) return;
    this.hovered = word;
    this.canvas.classList.toggle("over", word >= 0);
    this.changed();
  }

  /* Choose a word and show its nearest ones; -1 lets go. */
  choose(word, number = 10, travel = false) {
    const { vectors, texts } = this;
    this.chosen = word;
    this.arrows = null;
    this.found = word < 0 ? [] : vectors.nearest(word, number);
    this.panel.word(word, this.found);
    if (word >= 0) {
      this.panel.show("word");
      byId("status").textContent = fill(texts.chosen, { word: vectors.words[word],
        neighbours: this.found.slice(0, 5).map((each) => vectors.words[each.word]).join(", ") });
      if (travel) {
        // Neighbours far away on the flat map are no reason to see everything.
        const [x, y] = [vectors.places[2 * word] / 65535, vectors.places[2 * word + 1] / 65535];
        this.fly(x, y, Math.max(this.view.k, this.view.whole() * 3));
      }
    }
    if (this.colours.by === "similarity") this.recolour();
    else this.changed();
  }

  showAnalogy([a, b, c], answer) {
    this.chosen = -1;
    this.found = [];
    this.arrows = answer < 0 ? [[a, b]] : [[a, b], [c, answer]];
    this.flyTo(this.arrows.flat());
  }

  lasso(on) {
    this.hands.drawing = on;
    this.canvas.classList.toggle("lasso", on);
    byId("lasso").setAttribute("aria-pressed", on);
    if (on) {
      byId("status").textContent = this.texts.drawing;
      this.panel.show("region");
    }
  }

  takeView() {
    const { view } = this;
    const [left, high] = view.map(0, 0);
    const [right, low] = view.map(view.width, view.height);
    const frame = [[left, high], [right, high], [right, low], [left, low]];
    this.region(inside(frame, view.places), frame);
  }

  region(members, outline = null) {
    this.members = members;
    this.outline = outline;
    this.lasso(false);
    this.panel.region(members);
    if (members) {
      this.panel.show("region");
      byId("status").textContent = fill(this.texts.regionFacts, { number: number(members.length) });
    }
    this.changed();
  }
}

function line(pen, [ax, ay], [bx, by], arrow = false) {
  pen.beginPath();
  pen.moveTo(ax, ay);
  pen.lineTo(bx, by);
  if (arrow) {
    const angle = Math.atan2(by - ay, bx - ax);
    for (const turn of [2.7, -2.7]) {
      pen.moveTo(bx, by);
      pen.lineTo(bx + 13 * Math.cos(angle + turn), by + 13 * Math.sin(angle + turn));
    }
  }
  pen.stroke();
}

openPage(async (texts) => {
  const vectors = await Vectors.read();
  byId("facts").textContent = fill(texts.facts, { words: number(vectors.length),
    size: vectors.size, projection: vectors.projection });
  byId("loading").hidden = true;
  window.wordMap = new WordMap(vectors, texts); // for the console, and for tests
  const asked = vectors.index.get(decodeURIComponent(location.hash.slice(1)));
  if (asked !== undefined) window.wordMap.choose(asked, 10, true);
});
