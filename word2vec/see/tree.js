/* The Huffman tree, its root on the left: the way to the target and its decisions stand out. */

class Tree {
  constructor(texts, explainer, formulas) {
    Object.assign(this, { texts, explainer, formulas });
    this.figure = byId("tree").querySelector("[data-figure]");
    new ResizeObserver(() => this.trainer?.tree && this.build(this.trainer, true)).observe(this.figure);
  }

  build(trainer, again = false) {
    this.trainer = trainer;
    byId("tree").hidden = !trainer.tree;
    if (!trainer.tree) return;
    const width = this.figure.clientWidth || 700;
    if (again && width === this.width) return;
    this.width = width;
    const { tree, vocabulary } = trainer, { explainer, formulas } = this;
    const depth = Math.max(...tree.codes.map((code) => code.length));
    const longest = Math.max(...vocabulary.map(({ word }) => word.length));
    const step = (width - 40 - Math.min(7.5 * longest, width / 3)) / depth, height = 27;
    let leaves = 0;
    this.parts = { branches: [], nodes: [], leaves: [] };
    /* Draw a subtree; gives the height at which it hangs. */
    const hang = (at, level) => {
      const x = 22 + level * step;
      if (at.kind === "word") {
        const y = 18 + height * leaves++;
        const leaf = drawn("g", { role: "img", "aria-label": vocabulary[at.id].word },
          drawn("circle", { cx: x, cy: y, r: 5 }), drawn("text", { x: x + 11, y: y + 4.5 }, vocabulary[at.id].word));
        this.parts.leaves[at.id] = explainer.add(leaf, () => formulas.leaf(at.id));
        return y;
      }
      const ys = at.children.map((child) => hang(child.kind === "node" ? tree.nodes[child.id] : child, level + 1));
      const y = (ys[0] + ys[1]) / 2;
      this.parts.branches[at.id] = ys.map((other, code) => {
        const bend = x + step / 2;
        const path = drawn("path", { d: `M${x} ${y}C${bend} ${y} ${bend} ${other} ${x + step} ${other}` });
        const sign = drawn("text", { x: x + step * 0.55, y: y + (other - y) * 0.62 + (code ? 11 : -3), class: "small", "text-anchor": "middle" }, code);
        return drawn("g", {}, path, sign);
      });
      const node = drawn("g", { role: "img", "aria-label": fill(this.texts.node, { id: at.id }) },
        drawn("circle", { cx: x, cy: y, r: 10 }),
        drawn("text", { x, y: y + 4, "text-anchor": "middle", class: "small" }, at.id));
      this.parts.nodes[at.id] = explainer.add(node, () => formulas.node(at.id));
      return y;
    };
    hang(tree.nodes[tree.root], 0);
    const svg = drawn("svg", { role: "group", "aria-label": this.texts.tree, height: 10 + height * leaves },
      ...this.parts.branches.flat(), ...this.parts.nodes, ...this.parts.leaves);
    this.figure.replaceChildren(svg);
    if (again) this.mark();
  }

  draw(trainer, record) {
    this.record = record;
    if (trainer.tree) this.mark();
  }

  mark() {
    const { record, trainer, parts } = this;
    const code = new Map(record.outputs.map(({ id, label }) => [id, 1 - label]));
    parts.nodes.forEach((node, id) => node.classList.toggle("on", code.has(id)));
    parts.branches.forEach((pair, id) => pair.forEach((branch, c) => {
      const on = code.get(id) === c;
      for (const part of branch.children) part.classList.toggle("on", on);
      branch.classList.toggle("on", on);
      branch.lastChild.textContent = code.has(id) ? `${c}: ${percent(this.chance(id, c))}` : c;
    }));
    parts.leaves.forEach((leaf, id) => leaf.classList.toggle("on", id === record.target));
    this.explainer.refresh();
  }

  chance(id, code) {
    const { probability } = this.record.outputs.find((output) => output.id === id);
    return code ? 1 - probability : probability;
  }
}
