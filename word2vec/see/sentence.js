/* The sentence of the step, its window, and the step in words. */

class Sentence {
  constructor(texts, explainer, formulas) {
    Object.assign(this, { texts, explainer, formulas });
  }

  draw(trainer, record, taken) {
    const { texts, formulas, explainer } = this;
    const words = trainer.sentences[record.sentence];
    const [first, last] = record.window;
    const tokens = words.map((id, position) => {
      const role = position === record.position ? "Target"
        : record.contexts.includes(position) ? "Input"
          : position >= first && position <= last ? "Window" : "Outside";
      const style = { Target: "target", Input: "input", Window: "within", Outside: "" }[role];
      const word = element("span", { className: "word", role: "img" }, formulas.word(id));
      word.ariaLabel = `${formulas.word(id)}: ${texts[`sayToken${role}`]}`;
      explainer.add(word, () => formulas.token(id, role));
      return element("span", { className: style },
        element("span", { className: "role" }, texts[`role${role}`] ?? ""), word);
    });
    explainer.rebuild(byId("tokens"), ...tokens);
    byId("place").textContent = fill(taken ? texts.place : texts.placeStart, { step: number(record.step),
      epoch: number(record.epoch + 1), sentence: record.sentence + 1, sentences: trainer.sentences.length });
    byId("tell").replaceChildren(...this.tell(trainer, record));
  }

  tell(trainer, record) {
    const { texts, formulas } = this;
    const target = record.outputs.find(({ label, kind }) => kind === "word" && label);
    const share = percent(trainer.tree
      ? record.outputs.reduce((all, { label, probability }) => all * (label ? probability : 1 - probability), 1)
      : target.probability);
    const bold = (ids, className) => element("b", { className },
      ids.map((id) => formulas.word(id)).join(", "));
    const several = record.inputs.length > 1;
    const parts = rich(texts[several ? "tellCbow" : "tellSg"], {
      inputs: bold(record.inputs, "tell-input"), target: bold([record.target], "tell-target"),
      chance: fill(trainer.noise ? texts.chanceOfPair : texts.chance, { share }) });
    if (trainer.tree) parts.push(" ", fill(texts.tellHs, { number: record.outputs.length }));
    if (trainer.noise) {
      const noise = record.outputs.filter(({ label }) => !label).map(({ id }) => id);
      parts.push(" ", ...(noise.length
        ? rich(texts[several ? "tellNs" : "tellNsOne"], { drawn: bold(noise, "") }) : [texts.tellNsDropped]));
    }
    return parts;
  }
}

/* Put nodes into a text: as `fill`, but the values may be elements. */
function rich(text, values) {
  return text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? values[part] : part));
}
