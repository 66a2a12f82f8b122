/* What stands behind a number: shown when it is pointed at, focused or tapped.
 *
 * A figure (data-figure) is one stop of the Tab key; arrow keys go from number to number in it. */

class Explainer {
  constructor(box) {
    Object.assign(this, { box, sayings: new WeakMap(), at: null });
    const find = (event) => event.target.closest?.("[data-say]") ?? null;
    document.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch") this.show(find(event) ?? this.focused());
    });
    document.addEventListener("focusin", (event) => this.show(find(event)));
    document.addEventListener("focusout", () => this.show(null));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("scroll", () => this.show(null), { passive: true });
  }

  /* Let a node explain itself: `what()` gives [title, ...lines], asked when they are shown. */
  add(node, what) {
    this.sayings.set(node, what);
    node.dataset.say = "";
    node.tabIndex = -1;
    return node;
  }

  focused() {
    const { activeElement } = document;
    return activeElement && this.sayings.has(activeElement) ? activeElement : null;
  }

  /* Show what a node has to say; null hides it. */
  show(node) {
    this.at?.removeAttribute("aria-describedby");
    this.at = node;
    this.box.hidden = !node;
    if (!node) return;
    const [title, ...lines] = this.sayings.get(node)();
    if (!node.getAttribute("aria-label")) node.setAttribute("aria-label", title);
    node.setAttribute("aria-describedby", this.box.id);
    this.box.replaceChildren(element("b", {}, title),
      ...lines.filter(Boolean).map((line) => element("p", { className: line.includes("=") ? "formula" : "" }, line)));
    this.place(node.getBoundingClientRect());
  }

  /* Below what is explained, or above where there is no room. */
  place(target) {
    const own = this.box.getBoundingClientRect();
    const below = target.bottom + 8;
    const top = below + own.height < innerHeight ? below : Math.max(target.top - own.height - 8, 4);
    const left = Math.min(Math.max(target.left + target.width / 2 - own.width / 2, 8), innerWidth - own.width - 8);
    this.box.style.top = `${top}px`;
    this.box.style.left = `${left}px`;
  }

  /* After the numbers have changed: say the new ones, and keep a way into each figure. */
  refresh() {
    this.show(this.at?.isConnected ? this.at : null);
    document.querySelectorAll("[data-figure]").forEach((figure) => this.admit(figure));
  }

  admit(figure) {
    if (figure.querySelector('[tabindex="0"]')) return;
    const first = figure.querySelector("[data-say]");
    if (first) first.tabIndex = 0;
  }

  /* Make a figure anew, without losing the place of the focus in it. */
  rebuild(figure, ...children) {
    const nodes = () => [...figure.querySelectorAll("[data-say]")];
    const at = nodes().indexOf(document.activeElement);
    figure.replaceChildren(...children);
    this.admit(figure);
    if (at >= 0) nodes()[Math.min(at, nodes().length - 1)]?.focus({ preventScroll: true });
  }

  key(event) {
    if (event.key === "Escape") this.show(null);
    const from = this.focused();
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!from || !way) return;
    event.preventDefault();
    const to = this.next(from, way);
    if (!to) return;
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  /* The nearest number in a direction; straight ahead counts for more than aside. */
  next(from, [dx, dy]) {
    const middle = (node) => {
      const box = node.getBoundingClientRect();
      return box.width ? [box.left + box.width / 2, box.top + box.height / 2] : null;
    };
    const [x, y] = middle(from);
    let best = null, least = Infinity;
    for (const node of from.closest("[data-figure]").querySelectorAll("[data-say]")) {
      const place = node === from ? null : middle(node);
      if (!place) continue;
      const ahead = (place[0] - x) * dx + (place[1] - y) * dy;
      const aside = Math.abs((place[0] - x) * dy) + Math.abs((place[1] - y) * dx);
      if (ahead > 1 && ahead + 4 * aside < least) [best, least] = [node, ahead + 4 * aside];
    }
    return best;
  }
}
