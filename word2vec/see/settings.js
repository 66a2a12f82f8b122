/* What is trained and how: presets, parameters, the learner's own text. */

const WHOLE = ["vector_size", "window", "negative"]; // parameters that are whole numbers
// Any white space as the library has it; a byte order mark is none.
const SPACE = /[^\S\ufeff]+/;

class Settings {
  /* `change(options)` gets the Trainer's options when they make a new start necessary,
   * `rate(alpha)` a new learning rate, which needs none. */
  constructor(texts, { settings, presets, limits }, { change, rate }) {
    Object.assign(this, { texts, presets, limits, change, rate });
    this.form = byId("settings");
    this.values = { ...settings };
    const { elements } = this.form;
    elements.preset.replaceChildren(...Object.keys(presets).map(
      (name) => element("option", { value: name }, texts[name])),
    element("option", { value: "own", hidden: true }, texts.own));
    for (const name of ["alpha", ...WHOLE])
      Object.assign(elements[name], { min: limits[name][0], max: limits[name][1] });
    this.form.onsubmit = (event) => event.preventDefault();
    this.form.onchange = (event) => this.changed(event.target.name);
    byId("edit").onclick = () => this.edit();
    byId("text-close").onclick = () => byId("text").close();
    byId("text").querySelector("form").onsubmit = (event) => this.use(event);
    byId("text-hint").textContent = fill(texts.textHint, { distinct: limits.distinct, tokens: number(limits.tokens) });
    this.show();
  }

  /* Write the values into the form. */
  show() {
    const { form: { elements }, values } = this;
    const [architecture, output] = values.objective.split("-");
    Object.assign(elements.architecture, { value: architecture });
    Object.assign(elements.output, { value: output });
    elements.preset.value = values.preset ?? "own";
    for (const name of ["alpha", ...WHOLE]) elements[name].value = values[name];
    for (const label of this.form.querySelectorAll("[data-for]")) label.hidden = label.dataset.for !== output;
  }

  options() {
    const { values } = this;
    const [architecture, output] = values.objective.split("-");
    return { sentences: values.sentences.map(words), architecture, output, vectorSize: values.vector_size,
      window: values.window, negative: values.negative, alpha: values.alpha, seed: values.seed,
      shrinkWindows: false };
  }

  changed(name) {
    const { form: { elements }, values, presets } = this;
    if (name === "preset") Object.assign(values, presets[elements.preset.value], { preset: elements.preset.value });
    else if (name === "architecture" || name === "output")
      values.objective = `${elements.architecture.value}-${elements.output.value}`;
    else if (!this.take(name)) return;
    this.trouble("");
    this.show();
    if (name === "alpha") this.rate(values.alpha);
    else this.change(this.options());
  }

  /* Take a number out of the form, if it is allowed. */
  take(name) {
    const input = this.form.elements[name], { texts } = this;
    const [low, high] = this.limits[name], whole = WHOLE.includes(name);
    const value = Number(input.value);
    if (input.value.trim() && value >= low && value <= high && (!whole || Number.isInteger(value))) {
      this.values[name] = value;
      return true;
    }
    this.trouble(fill(texts.outOfRange, { name: input.labels[0].textContent.trim(), given: input.value || "–",
      kind: whole ? texts.wholeNumber : texts.anyNumber, low, high }));
    return false;
  }

  trouble(text) {
    byId("trouble").textContent = text;
    byId("trouble").hidden = !text;
  }

  edit() {
    byId("sentences").value = this.values.sentences.join("\n");
    byId("text-trouble").hidden = true;
    byId("text").showModal();
  }

  use(event) {
    event.preventDefault();
    const sentences = byId("sentences").value.split("\n").map(words).filter((line) => line.length);
    const problem = this.problem(sentences);
    byId("text-trouble").textContent = problem;
    byId("text-trouble").hidden = !problem;
    if (problem) return;
    byId("text").close();
    Object.assign(this.values, { sentences: sentences.map((line) => line.join(" ")), preset: null });
    this.trouble("");
    this.show();
    this.change(this.options());
  }

  /* What is wrong with a text; inspector.py says the same of the one it is given. */
  problem(sentences) {
    const { texts, limits } = this;
    const all = sentences.flat(), distinct = new Set(all);
    const long = all.find((word) => [...word].length > limits.longest);
    const told = (name, values) => fill(texts[name], values);
    if (all.length > limits.tokens)
      return told("textTooLong", { given: number(all.length), allowed: number(limits.tokens) });
    if (long !== undefined)
      return told("textWordTooLong", { word: `${long.slice(0, 20)}…`, given: number(long.length), allowed: limits.longest });
    if (distinct.size > limits.distinct)
      return told("textTooMany", { given: number(distinct.size), allowed: limits.distinct });
    return distinct.size < 2 || sentences.every((line) => line.length < 2) ? texts.textTooSmall : "";
  }
}

function words(line) {
  return line.split(SPACE).filter(Boolean);
}
