/* The panel beside the map: neighbours of a word, analogies, words of a region. */

class Panel {
  constructor(vectors, texts, actions) {
    Object.assign(this, { vectors, texts, actions });
    this.tabs = ["word", "analogy", "region"];
    this.tabs.forEach((name, at) => {
      byId(`tab-${name}`).onclick = () => this.show(name);
      byId(`tab-${name}`).onkeydown = (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) this.show(this.tabs[(at + step + 3) % 3], true);
      };
    });
    this.show("word");
    this.word(-1);
    this.region(null);
    const form = byId("question");
    for (const input of form.querySelectorAll("input"))
      input.oninput = () => this.suggest(input.value);
    form.onsubmit = (event) => {
      event.preventDefault();
      this.ask(...["a", "b", "c"].map((name) => form.elements[name].value.trim()));
    };
  }

  show(name, focus = false) {
    for (const tab of this.tabs) {
      byId(tab).hidden = tab !== name;
      byId(`tab-${tab}`).setAttribute("aria-selected", tab === name);
      byId(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    }
    if (focus) byId(`tab-${name}`).focus();
  }

  list(found) {
    const { words } = this.vectors;
    return element("ol", { className: "words" }, ...found.map(({ word, score }) => {
      const button = element("button", { type: "button", title: words[word] },
        element("span", { className: "name" }, words[word]));
      if (score !== undefined) {
        const bar = element("i");
        bar.style.width = `${100 * Math.min(Math.max(score, 0), 1)}%`;
        button.append(element("span", { className: "value" }, score.toFixed(3)),
          element("span", { className: "bar" }, bar));
      }
      button.onclick = () => this.actions.choose(word);
      return element("li", {}, button);
    }));
  }

  /* Show a word and its nearest ones; -1 shows what to do instead. */
  word(i, found = []) {
    const { vectors, texts } = this;
    const facts = { words: number(vectors.length), size: vectors.size };
    if (i < 0) {
      byId("word").replaceChildren(element("p", { className: "soft" }, fill(texts.wordHint, facts)));
      return;
    }
    facts.rank = number(i + 1);
    if (vectors.counts.length) facts.count = number(vectors.counts[i]);
    const cluster = vectors.clusterNames[vectors.clusters[i]];
    byId("word").replaceChildren(
      element("h2", {}, vectors.words[i]),
      element("p", { className: "soft" },
        fill(vectors.counts.length ? texts.wordFacts : texts.wordFactsNoCount, facts)),
      ...(cluster ? [element("p", { className: "soft" }, cluster)] : []),
      element("h3", {}, fill(texts.neighbours, facts)),
      found.length ? this.list(found) : element("p", {}, texts.noDirection));
    if (found.length === 10 && vectors.length > 11) {
      const more = element("button", { type: "button" }, fill(texts.more, { number: 50 }));
      more.onclick = () => this.actions.choose(i, 50);
      byId("word").append(element("div", { className: "row" }, more));
    }
  }

  suggest(text) {
    byId("words").replaceChildren(...this.vectors.complete(text, 8).map(
      (i) => element("option", { value: this.vectors.words[i] })));
  }

  /* a is to b as c is to which word? */
  ask(a, b, c) {
    const { vectors, texts } = this;
    const names = { a, b, c };
    const given = [a, b, c].map((word) => vectors.index.get(word) ?? vectors.index.get(word.toLowerCase()));
    if (!a || !b || !c) return this.answer(element("p", {}, texts.unfinished));
    const missing = given.indexOf(undefined);
    if (missing >= 0) return this.answer(element("p", {}, fill(texts.unknown, { word: [a, b, c][missing] })));
    const { target, found } = vectors.analogy(...given, 10);
    this.answer(
      element("h3", {}, fill(texts.answers, names)),
      this.list(found),
      element("figure", {}, this.picture(given, target, found.slice(0, 3)),
        element("figcaption", {}, fill(texts.picture, names))));
    this.actions.analogy(given, found.length ? found[0].word : -1);
  }

  answer(...nodes) {
    byId("answers").replaceChildren(...nodes);
  }

  /* The plane through a, b and c, with b - a + c as the fourth corner. */
  picture([a, b, c], target, found) {
    const { vectors } = this;
    const [ua, ub, uc] = [a, b, c].map((i) => vectors.unit(i));
    const first = direction(minus(ub, ua), []);
    const second = direction(minus(uc, ua), [first]);
    const flat = (vector) => [dot(minus(vector, ua), first), dot(minus(vector, ua), second)];
    const corners = [ua, ub, uc, target].map(flat);
    const answers = found.map(({ word }) => flat(vectors.unit(word)));
    const all = [...corners, ...answers];
    const [low, high] = [Math.min, Math.max].map((pick) => [0, 1].map((d) => pick(...all.map((p) => p[d]))));
    const scale = Math.min(210 / (high[0] - low[0] || 1), 150 / (high[1] - low[1] || 1));
    const at = ([x, y]) => [
      150 + scale * (x - (low[0] + high[0]) / 2), 105 - scale * (y - (low[1] + high[1]) / 2)];
    const [pa, pb, pc, pd] = corners.map(at);
    const line = (from, to, dashed) => drawn("line", {
      x1: from[0], y1: from[1], x2: to[0], y2: to[1], stroke: dashed ? "var(--soft)" : "var(--accent)",
      "stroke-width": dashed ? 1.2 : 2.2, "stroke-dasharray": dashed ? "4 4" : "none",
      "marker-end": dashed ? "none" : "url(#arrow)" });
    const dotAt = ([x, y], text, colour, above) => drawn("g", {},
      drawn("circle", { cx: x, cy: y, r: 4.5, fill: colour, stroke: "var(--surface)" }),
      drawn("text", { x: Math.min(Math.max(x, 34), 266), y: above ? y - 9 : y + 18, "text-anchor": "middle" }, text));
    return drawn("svg", { viewBox: "0 0 300 210", role: "img",
      "aria-label": found.map(({ word }) => vectors.words[word]).join(", ") },
      drawn("defs", {}, drawn("marker", { id: "arrow", viewBox: "0 0 10 10", refX: 10, refY: 5,
        markerWidth: 7, markerHeight: 7, orient: "auto" },
        drawn("path", { d: "M0 0L10 5L0 10z", fill: "var(--accent)" }))),
      line(pa, pc, true), line(pb, pd, true), line(pa, pb), line(pc, pd),
      ...answers.map((place, i) => dotAt(at(place), vectors.words[found[i].word], "var(--soft)", i % 2)),
      drawn("circle", { cx: pd[0], cy: pd[1], r: 6, fill: "none", stroke: "var(--accent)", "stroke-width": 2 }),
      dotAt(pa, vectors.words[a], "var(--ink)", pa[1] < 105),
      dotAt(pb, vectors.words[b], "var(--ink)", pb[1] < 105),
      dotAt(pc, vectors.words[c], "var(--ink)", pc[1] < 105));
  }

  /* The words of a region, most frequent first; null shows what to do instead. */
  region(members) {
    const { vectors, texts, actions } = this;
    const button = (text, action) => {
      const made = element("button", { type: "button" }, text);
      made.onclick = () => action(made);
      return made;
    };
    const tools = element("div", { className: "row" },
      button(texts.draw, actions.lasso), button(texts.inView, actions.takeView));
    if (!members) {
      byId("region").replaceChildren(element("p", { className: "soft" }, texts.regionHint), tools);
      return;
    }
    const text = () => members.map((i) => vectors.words[i]).join("\n") + "\n";
    byId("region").replaceChildren(
      element("h2", {}, fill(texts.regionFacts, { number: number(members.length) })),
      element("div", { className: "row" },
        button(texts.copy, async (made) => {
          await navigator.clipboard.writeText(text());
          made.textContent = texts.copied;
        }),
        button(texts.save, () => saveText("words.txt", text())),
        button(texts.clear, actions.clear)),
      this.list(members.slice(0, 500).map((word) => ({ word }))), tools);
    if (members.length > 500)
      tools.before(element("p", { className: "soft" },
        fill(texts.andMore, { number: number(members.length - 500) })));
  }
}

function minus(a, b) {
  return a.map((value, d) => value - b[d]);
}

/* The direction of a vector, at right angles to those given; zeros if nothing is left. */
function direction(vector, others) {
  let left = vector;
  for (const other of others) {
    const share = dot(left, other);
    left = left.map((value, d) => value - share * other[d]);
  }
  const length = Math.sqrt(dot(left, left));
  return left.map((value) => (length > 1e-9 ? value / length : 0));
}

function saveText(name, text) {
  const link = element("a", { download: name, href: URL.createObjectURL(new Blob([text])) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
