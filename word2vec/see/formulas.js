/* The equations behind the numbers: symbols first, then the numbers of this step.
 *
 * Each function gives [title, ...lines] for the Explainer. All numbers come from the trainer and
 * its record; nothing is computed here but what an equation says. */

/* A number as people read it, with a real minus. */
function decimal(value, digits = 3) {
  const tiny = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits;
  const text = tiny ? value.toExponential(1)
    : value.toLocaleString(document.documentElement.lang,
      { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return text.replace(/^-/, "−").replace("e-", "e−");
}

function percent(value) {
  return value.toLocaleString(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
}

/* A factor or summand: negative ones in brackets. */
function bracketed(value) {
  return value < 0 ? `(${decimal(value)})` : decimal(value);
}

/* Terms with plus signs; of many only the first few. */
function sum(terms) {
  const shown = terms.length > 6 ? [...terms.slice(0, 5), "…"] : terms;
  return shown.join(" + ");
}

class Formulas {
  constructor(texts, state) {
    Object.assign(this, { texts, state }); // state() gives {trainer, record, taken}
  }

  say(name, values = {}) {
    return fill(this.texts[name], values);
  }

  word(id) {
    return this.state().trainer.vocabulary[id].word;
  }

  /* The name of an output row: of its word or its node. */
  row(id) {
    return this.state().trainer.tree ? this.say("node", { id }) : this.word(id);
  }

  answer(id) {
    return this.state().record.outputs.find((output) => output.id === id);
  }

  token(id, role) {
    return [this.word(id), this.texts[`sayToken${role}`],
      this.say("sayTokenCount", { count: this.state().trainer.vocabulary[id].count })];
  }

  hot(id) {
    const { record } = this.state();
    const word = this.word(id), total = record.inputs.length;
    const times = record.inputs.filter((other) => other === id).length;
    const line = !times ? "sayHotOff" : total === 1 ? "sayHotOn" : "sayHotShare";
    return [this.say("sayHot", { word }), this.say(line, { word, value: 1, times, total })];
  }

  input(id, d) {
    const { trainer, record, taken } = this.state();
    const names = { word: this.word(id), d: d + 1, value: decimal(trainer.input[id][d]) };
    const lines = [this.say("sayInput", names), this.say("sayInputValue", names)];
    const at = record.inputs.indexOf(id);
    if (at < 0) return lines;
    const times = record.inputs.filter((other) => other === id).length;
    Object.assign(names, { times, old: bracketed(record.inputRows[at][d]), change: bracketed(record.inputUpdate[d]),
      alpha: decimal(record.alpha),
      sum: sum(record.outputs.map(({ error, row }) => `${bracketed(error)} · ${bracketed(row[d])}`)) });
    if (taken) lines.push(this.say(times > 1 ? "sayInputNewTimes" : "sayInputNew", names));
    lines.push(this.say(taken ? "sayInputDelta" : "sayInputNext", names));
    return lines;
  }

  hidden(d) {
    const { record } = this.state();
    const names = { d: d + 1, value: decimal(record.hidden[d]), word: this.word(record.inputs[0]),
      total: record.inputs.length, sum: sum(record.inputRows.map((row) => bracketed(row[d]))) };
    return [this.say("sayHidden", names), this.say(names.total === 1 ? "sayHiddenSg" : "sayHiddenCbow", names),
      this.texts.sayBefore];
  }

  output(id, d) {
    const { trainer, record, taken } = this.state();
    const names = { word: this.row(id), d: d + 1, value: decimal(trainer.output[id][d]) };
    const lines = [this.say("sayOutput", names), this.say("sayOutputValue", names)];
    const answer = this.answer(id);
    if (!answer) return lines;
    Object.assign(names, { old: bracketed(answer.row[d]), change: bracketed(answer.update[d]),
      alpha: decimal(record.alpha), error: bracketed(answer.error), hidden: bracketed(record.hidden[d]) });
    if (taken) lines.push(this.say("sayOutputNew", names));
    lines.push(this.say(taken ? "sayOutputDelta" : "sayOutputNext", names));
    return lines;
  }

  score(id) {
    const { record } = this.state();
    const { row, score } = this.answer(id);
    const word = this.row(id);
    const terms = Array.from(record.hidden, (value, d) => `${bracketed(value)} · ${bracketed(row[d])}`);
    return [this.say("sayScore", { word }),
      this.say("sayScoreIs", { word, sum: sum(terms), value: decimal(score) }), this.texts.sayBefore];
  }

  probability(id) {
    const { trainer, record } = this.state();
    const { score, probability, label } = this.answer(id);
    const names = { word: this.row(id), label: 1 - label, score: decimal(score), minus: decimal(-score), value: decimal(probability) };
    if (trainer.tree) return [this.say("sayBranch", { ...names, label: 0 }), this.say("saySigmoid", names)];
    if (trainer.noise) return [this.say("sayPair", names), this.say("saySigmoid", names)];
    names.total = decimal(record.outputs.reduce((total, other) => total + Math.exp(other.score), 0));
    return [this.say("sayProbability", names), this.say("saySoftmax", names)];
  }

  label(id) {
    const { trainer, record } = this.state();
    const { label, weight } = this.answer(id);
    const names = { word: this.row(id), label, times: weight, code: 1 - label, target: this.word(record.target) };
    const line = trainer.tree ? "sayLabelBranch" : label ? "sayLabelTarget"
      : trainer.noise ? "sayLabelNoise" : "sayLabelOther";
    return [this.say("sayLabel", names), this.say(line, names)];
  }

  error(id) {
    const { label, probability, error, weight } = this.answer(id);
    const names = { word: this.row(id), label, probability: decimal(probability), value: decimal(error), times: weight };
    return [this.say("sayError", names), this.say(weight > 1 ? "sayErrorTimes" : "sayErrorIs", names)];
  }

  node(id) {
    const { trainer, record } = this.state();
    const names = { id, count: trainer.tree.nodes[id].count, target: this.word(record.target) };
    const answer = this.answer(id);
    if (!answer) return [this.say("sayNode", names), this.say("sayNodeOff", names)];
    Object.assign(names, { score: decimal(answer.score), zero: decimal(answer.probability),
      one: decimal(1 - answer.probability), code: 1 - answer.label, label: answer.label });
    return [this.say("sayNode", names), this.say("sayNodeIs", names), this.say("sayNodeWay", names)];
  }

  /* A word of the tree; its probability follows from the weights as they were for this step. */
  leaf(id) {
    const { trainer, record } = this.state();
    const { paths, codes } = trainer.tree;
    const chances = paths[id].map((node, i) => {
      const row = this.answer(node)?.row ?? trainer.output[node];
      const zero = sigmoid(product(row, record.hidden));
      return codes[id][i] ? 1 - zero : zero;
    });
    const { word, count } = trainer.vocabulary[id];
    return [this.say("sayLeaf", { word, count, code: codes[id].join("") }),
      this.say("sayLeafIs", { word, product: chances.map((chance) => decimal(chance)).join(" · "),
        value: decimal(chances.reduce((all, chance) => all * chance, 1)) })];
  }

  noise(id) {
    const { trainer, record } = this.state();
    const exponent = trainer.options.nsExponent;
    const { word, count } = trainer.vocabulary[id];
    const total = trainer.vocabulary.reduce((all, other) => all + other.count ** exponent, 0);
    const times = record.drawn.filter((drawn) => drawn === id).length;
    const line = id === record.target ? "sayNoiseDropped" : "sayNoiseDrawn";
    return [this.say("sayNoise", { word }),
      this.say("sayNoiseIs", { exponent, count, total: decimal(total), value: decimal(trainer.noise[id]) }),
      times ? this.say(line, { times }) : null];
  }

  /* The loss of the step that is shown. */
  loss() {
    const { trainer, record } = this.state();
    const value = decimal(record.loss);
    if (trainer.tree || trainer.noise) {
      const terms = record.outputs.map(({ label, probability, weight }) =>
        `${weight > 1 ? `${weight} · ` : ""}ln ${decimal(label ? probability : 1 - probability)}`);
      return [this.texts.sayLossNow, this.say("sayLossBinary", { sum: `−(${sum(terms)})`, value })];
    }
    const { probability } = this.answer(record.target);
    return [this.texts.sayLossNow, this.say("sayLossSoftmax", {
      target: this.word(record.target), probability: decimal(probability), value })];
  }
}
