/* The noise distribution with this step's draws, and the curve of the loss. */

class Noise {
  constructor(texts, explainer, formulas) {
    Object.assign(this, { texts, explainer, formulas });
  }

  build(trainer) {
    byId("noise").hidden = !trainer.noise;
    if (!trainer.noise) return;
    const most = Math.max(...trainer.noise);
    this.rows = trainer.noise.map((chance, id) => {
      const { word } = trainer.vocabulary[id];
      const bar = element("i"), draws = element("span", { className: "draws" });
      bar.style.setProperty("--share", chance / most);
      const row = element("div", { className: "chance", role: "img", ariaLabel: `${word}: ${percent(chance)}` },
        element("span", { className: "name", title: word }, word),
        element("span", { className: "track" }, bar, draws),
        element("span", { className: "value" }, percent(chance)));
      this.explainer.add(row, () => this.formulas.noise(id));
      return { row, draws };
    });
    byId("noise").querySelector("[data-figure]").replaceChildren(...this.rows.map(({ row }) => row));
    byId("noise-hint").textContent = fill(this.texts.noiseHint, { negative: trainer.options.negative });
  }

  draw(trainer, record) {
    if (!trainer.noise) return;
    this.rows.forEach(({ row, draws }, id) => {
      const times = record.drawn.filter((drawn) => drawn === id).length;
      row.classList.toggle("drawn", times > 0);
      draws.replaceChildren(...Array.from({ length: times },
        () => element("b", { className: id === record.target ? "dropped" : "" })));
    });
  }
}

const BINS = 60; // columns of the curve that can be pointed at
const RECENT = 100; // steps of the mean beside the curve

class Loss {
  constructor(texts, explainer, formulas) {
    Object.assign(this, { texts, explainer, formulas });
    this.figure = byId("loss").querySelector("[data-figure]");
    this.facts = explainer.add(byId("loss-facts"), () => formulas.loss());
    this.facts.tabIndex = 0;
    new ResizeObserver(() => this.losses && this.curve(this.losses)).observe(this.figure);
  }

  /* Below the network where nothing else stands there. */
  build(trainer) {
    byId(trainer.tree || trainer.noise ? "right" : "left").append(byId("loss"));
  }

  draw(trainer, record, taken) {
    this.losses = trainer.losses;
    const recent = trainer.losses.slice(-RECENT);
    this.facts.textContent = taken ? fill(this.texts.lossFacts, { last: decimal(record.loss),
      number: recent.length, mean: decimal(mean(recent)) }) : this.texts.lossNone;
    this.curve(trainer.losses);
  }

  curve(losses) {
    const width = this.figure.clientWidth || 340, height = 170;
    const [left, right, top, bottom] = [34, width - 8, 8, height - 22];
    const bins = binned(losses);
    const most = Math.max(0.1, ...(losses.length > 400 ? bins.map((bin) => bin.mean) : losses));
    const ceiling = niceStep(most) * Math.ceil(most / niceStep(most));
    const y = (value) => bottom - (bottom - top) * Math.min(value / ceiling, 1);
    const x = (step) => left + ((right - left) * step) / Math.max(losses.length, 1);
    const lines = [];
    for (let value = 0; value <= ceiling * 1.001; value += niceStep(most))
      lines.push(drawn("line", { class: value ? "grid" : "axis", x1: left, x2: right, y1: y(value), y2: y(value) }),
        drawn("text", { class: "small", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, plain(value)));
    lines.push(drawn("text", { class: "small", x: left, y: height - 5 }, 0),
      drawn("text", { class: "small", x: right, y: height - 5, "text-anchor": "end" },
        `${number(losses.length)} ${this.texts.lossAxis}`));
    const points = (values, place) => values.map((value, i) => `${place(i)},${y(value)}`).join(" ");
    if (losses.length > 1 && losses.length <= 400)
      lines.push(drawn("polyline", { class: "raw", points: points(losses, (i) => x(i + 0.5)) }));
    lines.push(drawn("polyline", { points: points(bins.map((bin) => bin.mean), (i) => x((bins[i].from + bins[i].to) / 2)) }));
    const columns = bins.map(({ from, to, mean }) => {
      const title = fill(to - from === 1 ? this.texts.sayLossOne : this.texts.sayLoss,
        { from: number(from + 1), to: number(to) });
      const rect = drawn("rect", { x: x(from), y: top, width: Math.max(x(to) - x(from), 1),
        height: bottom - top, role: "img", "aria-label": title });
      return this.explainer.add(rect, () => [title, fill(this.texts.sayLossMean, { value: decimal(mean) })]);
    });
    this.explainer.rebuild(this.figure, drawn("svg", { height, role: "group", "aria-label": this.texts.lossCurve },
      ...lines, ...columns));
  }
}

/* Means of equal stretches, at most BINS of them. */
function binned(losses) {
  const size = Math.max(1, Math.ceil(losses.length / BINS)), bins = [];
  for (let from = 0; from < losses.length; from += size) {
    const to = Math.min(from + size, losses.length);
    bins.push({ from, to, mean: mean(losses.slice(from, to)) });
  }
  return bins;
}

function mean(values) {
  return values.reduce((all, value) => all + value, 0) / values.length;
}

/* The distance of grid lines: 1, 2 or 5 times a power of ten, some four of them up to `most`. */
function niceStep(most) {
  const rough = most / 4, power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
}

function plain(value) {
  return Number(value.toPrecision(3)).toLocaleString(document.documentElement.lang).replace("-", "−");
}
