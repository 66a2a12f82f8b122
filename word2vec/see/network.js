/* The network as two tables with a row for each word: what goes in, both matrices as heat maps,
 * what comes out. Built once for a trainer; a step changes numbers and colours only. */

class Network {
  constructor(texts, explainer, formulas) {
    Object.assign(this, { texts, explainer, formulas });
    new ResizeObserver(() => this.wire()).observe(byId("layers"));
  }

  build(trainer) {
    const { texts, explainer, formulas } = this;
    const size = trainer.options.vectorSize;
    const layers = byId("layers");
    layers.style.setProperty("--cell", `${Math.min(22, Math.floor(132 / size))}px`);
    layers.style.setProperty("--size", size);
    const longest = Math.max(6, ...trainer.vocabulary.map(({ word }) => word.length));
    layers.style.setProperty("--name", `${Math.min(7.6 * longest + 4, 84)}px`);
    layers.style.setProperty("--cell-narrow", `${Math.min(22, Math.floor(92 / size))}px`);
    const heads = (...pairs) => element("div", { className: "heads", role: "row" }, ...pairs.map(
      ([name, sign]) => element("span", { role: "columnheader" }, texts[name] ?? "", element("i", {}, texts[sign] ?? ""))));
    const cell = (properties, what) => explainer.add(element("span", { role: "gridcell", ...properties }), what);
    const cells = (what) => Array.from({ length: size }, (_, d) => cell({ className: "cell" }, () => what(d)));
    const line = (name, ...rest) => element("div", { role: "row" },
      element("span", { className: "name", role: "rowheader", title: name }, name), ...rest);

    this.inputs = trainer.vocabulary.map(({ word }, id) => {
      const hot = cell({ className: "hot" }, () => formulas.hot(id));
      const weights = cells((d) => formulas.input(id, d));
      return { hot, weights, line: line(word, hot, element("span", { className: "cells", role: "presentation" }, ...weights)) };
    });
    byId("input").replaceChildren(heads(["", ""], ["oneHot", "oneHotSign"], ["inputMatrix", "inputMatrixSign"]),
      ...this.inputs.map((row) => row.line));

    this.spots = Array.from({ length: size }, (_, d) => {
      const spot = element("span", { className: "spot", role: "gridcell" }, element("b"), element("span"));
      return explainer.add(spot, () => formulas.hidden(d));
    });
    byId("hidden").replaceChildren(
      element("div", { className: "heads", role: "presentation" }, texts.hidden, element("i", {}, texts.hiddenSign)),
      element("div", { className: "spots", role: "presentation" }, ...this.spots.map(
        (spot) => element("span", { role: "row" }, spot))));

    this.outputs = trainer.output.map((_, id) => {
      const weights = cells((d) => formulas.output(id, d));
      const [score, chance, wanted, error] = ["score", "probability", "label", "error"].map(
        (what) => cell({ className: "number" }, () => formulas[what](id)));
      chance.className = "bar-of";
      wanted.className = "wanted";
      return { weights, numbers: [score, chance, wanted, error], line: line(formulas.row(id),
        element("span", { className: "cells", role: "presentation" }, ...weights), score, chance, wanted, error) };
    });
    byId("output").replaceChildren(heads(["", ""], ["outputMatrix", "outputMatrixSign"], ["score", "scoreSign"],
      ["probability", "probabilitySign"], ["label", "labelSign"], ["error", "errorSign"]),
    ...this.outputs.map((row) => row.line));
  }

  draw(trainer, record) {
    const most = Math.max(0.1, ...[...trainer.input, ...trainer.output].flatMap((row) => Array.from(row, Math.abs)));
    this.drawLegend(most);
    const inputs = new Set(record.inputs);
    this.inputs.forEach(({ hot, weights, line }, id) => {
      const times = record.inputs.filter((other) => other === id).length;
      hot.textContent = !times ? "0" : record.inputs.length === 1 ? "1" : `${times}/${record.inputs.length}`;
      line.className = inputs.has(id) ? "is-input" : "";
      weights.forEach((node, d) => colour(node, trainer.input[id][d], most));
    });
    const strongest = Math.max(0.1, ...Array.from(record.hidden, Math.abs));
    this.spots.forEach((spot, d) => {
      colour(spot, record.hidden[d], strongest, "spot ");
      spot.lastChild.textContent = decimal(record.hidden[d]);
    });
    const answers = new Map(record.outputs.map((output) => [output.id, output]));
    this.outputs.forEach(({ weights, numbers, line }, id) => {
      weights.forEach((node, d) => colour(node, trainer.output[id][d], most));
      const answer = answers.get(id);
      line.className = !answer ? "idle" : answer.label && !trainer.tree ? "is-target"
        : !trainer.noise && !trainer.tree ? "is-quiet" : "is-other";
      this.fillNumbers(numbers, answer);
    });
    this.wire(record, trainer);
  }

  fillNumbers(numbers, answer) {
    const [score, chance, wanted, error] = numbers;
    const { explainer } = this;
    for (const node of numbers) {
      // What says nothing in this step must not be a place to stop at.
      if (answer) node.dataset.say = "";
      else delete node.dataset.say;
      if (!answer && explainer.at === node) explainer.show(null);
    }
    score.textContent = answer ? rounded(answer.score) : "";
    chance.replaceChildren(...(answer ? [element("span", {}, decimal(answer.probability))] : []));
    chance.style.setProperty("--share", answer ? answer.probability : 0);
    wanted.textContent = answer ? answer.label : "";
    error.textContent = answer ? rounded(answer.error, "+") : "";
    error.className = `number ${answer && answer.error > 0 ? "error-plus" : "error-minus"}`;
  }

  drawLegend(most) {
    byId("legend").replaceChildren(element("span", {}, this.texts.legend, " ",
      fill(this.texts.negativeWeights, { most: decimal(most, 2) }), element("span", { className: "ramp" }),
      fill(this.texts.positiveWeights, { most: decimal(most, 2) })), element("span", {}, this.texts.changed));
  }

  /* Lines from the rows that go in, through the hidden layer, to the rows that are trained. */
  wire(record = this.wired?.record, trainer = this.wired?.trainer) {
    if (!record) return;
    this.wired = { record, trainer };
    const wires = byId("wires");
    const frame = wires.getBoundingClientRect();
    if (!frame.width) return;
    const end = (node, side) => {
      const box = node.getBoundingClientRect();
      return [box[side] - frame.left, box.top + box.height / 2 - frame.top];
    };
    const curve = ([ax, ay], [bx, by], stroke, width, opacity) => {
      const middle = (ax + bx) / 2;
      return drawn("path", { d: `M${ax} ${ay}C${middle} ${ay} ${middle} ${by} ${bx} ${by}`, fill: "none",
        stroke: `var(--${stroke})`, "stroke-width": width, "stroke-opacity": opacity, "stroke-linecap": "round" });
    };
    const hidden = byId("hidden").querySelector(".spots");
    const into = [...new Set(record.inputs)].map((id) => curve(
      end(this.inputs[id].line, "right"), end(hidden, "left"), "input", 3, 0.85));
    const out = record.outputs.map(({ id, label, error, weight }) => curve(
      end(hidden, "right"), end(this.outputs[id].line, "left"), label && !trainer.tree ? "target" : "noise",
      1 + 3 * Math.min(Math.abs(error) / weight, 1), label || trainer.noise || trainer.tree ? 0.85 : 0.45));
    wires.replaceChildren(...into, ...out);
  }
}

/* Colour a heat map's cell by a weight: the style mixes its pole with the ground by the share. */
function colour(node, value, most, also = "cell ") {
  node.className = also + (value < 0 ? "minus" : "plus");
  node.style.setProperty("--share", Math.min(Math.abs(value) / most, 1).toFixed(3));
}

/* A number for a narrow column: two digits, and no minus before zeros. */
function rounded(value, plus = "") {
  const short = Math.round(value * 100) / 100 || 0;
  return (short > 0 ? plus : "") + decimal(short, 2);
}
