/* Search with completion, keys and buttons. */

class Search {
  constructor(vectors, texts, choose) {
    Object.assign(this, { vectors, texts, choose, found: [], at: -1 });
    this.input = byId("search");
    this.input.placeholder = texts.searchHint;
    this.listbox = byId("found");
    this.input.oninput = () => this.look();
    this.input.onfocus = () => this.look();
    this.input.onblur = () => this.close();
    this.input.onkeydown = (event) => this.key(event);
    // A press on the list must not take the focus, which would close it first.
    this.listbox.onpointerdown = (event) => event.preventDefault();
  }

  look() {
    const text = this.input.value.trim();
    this.found = this.vectors.complete(text, 8);
    this.at = this.found.length ? 0 : -1;
    const options = this.found.map((word, at) => {
      const option = element("li", { id: `found-${at}`, role: "option" }, this.vectors.words[word]);
      option.onclick = () => this.take(at);
      return option;
    });
    if (text && !options.length)
      options.push(element("li", { className: "soft" }, fill(this.texts.noMatch, { text })));
    this.listbox.replaceChildren(...options);
    this.listbox.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.mark();
  }

  mark() {
    this.found.forEach((_, at) => byId(`found-${at}`).setAttribute("aria-selected", at === this.at));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `found-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter" && this.at >= 0) this.take(this.at);
    else if (event.key === "Escape") this.input.blur();
  }

  take(at) {
    this.input.value = this.vectors.words[this.found[at]];
    this.close();
    this.choose(this.found[at]);
  }

  close() {
    this.listbox.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

class Keys {
  constructor(map) {
    this.map = map;
    const { view } = map;
    const zoom = (factor) => () => map.fly(view.x, view.y, view.k * factor);
    const pan = (dx, dy) => () => {
      view.pan(dx, dy);
      map.changed();
    };
    const fit = () => map.fly(...view.home());
    const lasso = () => map.lasso(!map.hands.drawing);
    const { theme, help } = commonActions(map);
    this.everywhere = { "/": () => byId("search").focus(), l: lasso, t: theme, "?": help,
      "+": zoom(1.6), "=": zoom(1.6), "-": zoom(1 / 1.6), 0: fit, Escape: () => this.letGo() };
    this.onMap = { ArrowLeft: pan(60, 0), ArrowRight: pan(-60, 0), ArrowUp: pan(0, 60), ArrowDown: pan(0, -60),
      Enter: () => map.choose(view.nearest(view.width / 2, view.height / 2, Infinity)) };
    onClicks({ "zoom-in": zoom(1.6), "zoom-out": zoom(1 / 1.6), fit, lasso });
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    if (target.closest("input, select")) return;
    const action = this.everywhere[keyOf(event)]
      || (target === this.map.canvas ? this.onMap[event.key] : null);
    if (!action) return;
    event.preventDefault();
    action();
  }

  letGo() {
    this.map.choose(-1);
    this.map.region(null);
  }
}
