/* The inspector: takes steps, and lets every figure draw what has come of them. */

const HOPELESS = 1e6; // a loss from which no training comes back

class Inspector {
  constructor(texts, blocks) {
    this.texts = texts;
    const state = () => this;
    this.explainer = new Explainer(byId("saying"));
    this.formulas = new Formulas(texts, state);
    this.sentence = new Sentence(texts, this.explainer, this.formulas);
    this.figures = [Network, Tree, Noise, Scatter, Loss].map(
      (Figure) => new Figure(texts, this.explainer, this.formulas));
    this.settings = new Settings(texts, blocks, {
      change: (options) => this.begin(options),
      rate: (alpha) => {
        this.trainer.alpha = alpha;
        if (!this.taken) this.draw();
      },
    });
    this.begin(this.settings.options());
    this.listen();
    followTheme(this);
  }

  /* Start with new weights. */
  begin(options) {
    this.pause();
    this.trainer = new Trainer(options);
    for (const figure of this.figures) figure.build?.(this.trainer);
    const { texts, trainer } = this;
    const facts = { architecture: texts[options.architecture], output: texts[options.output],
      words: number(trainer.vocabulary.length), size: options.vectorSize };
    byId("facts").textContent = fill(texts.facts, facts);
    byId("status").textContent = fill(texts.started, facts);
    this.draw();
  }

  /* Whether a step was taken; before, the figures show what the first one will compute. */
  get taken() {
    return this.trainer.steps > 0;
  }

  draw() {
    const { trainer, taken } = this;
    this.record = trainer.last ?? trainer.peek();
    for (const figure of [this.sentence, ...this.figures]) figure.draw(trainer, this.record, taken);
    byId("back").disabled = !trainer.past.length;
    byId("reset").disabled = !taken;
    this.explainer.refresh();
  }

  /* Take `number` steps; stops where training has lost its way. */
  steps(number) {
    for (let i = 0; i < number; i++)
      if (!(this.trainer.step().loss < HOPELESS)) {
        this.trainer.back();
        this.pause();
        this.settings.trouble(this.texts.diverged);
        break;
      }
    this.draw();
  }

  back() {
    this.pause();
    if (this.trainer.past.length) this.trainer.back();
    this.settings.trouble("");
    this.draw();
  }

  reset() {
    this.settings.trouble("");
    this.begin(this.settings.options());
  }

  // ---- running -------------------------------------------------------------

  run() {
    this.running = true;
    this.showRunning();
    let last = performance.now(), due = 1;
    const frame = (now) => {
      if (!this.running) return;
      // A page that was hidden for a minute must not make up for it.
      due += (Math.min(Math.max(now - last, 0), 200) / 1000) * Number(byId("speed").value);
      last = now;
      const steps = Math.floor(due);
      due -= steps;
      if (steps) this.steps(steps);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.running = false;
    this.showRunning();
  }

  showRunning() {
    byId("run").textContent = this.running ? this.texts.pause : this.texts.run;
    byId("run").setAttribute("aria-pressed", Boolean(this.running));
    // Twenty announcements a second would help nobody.
    byId("tell").setAttribute("aria-live", this.running ? "off" : "polite");
    byId("scatter").classList.toggle("running", Boolean(this.running) && Number(byId("speed").value) > 2);
  }

  // ---- hands and keys ------------------------------------------------------

  listen() {
    const { theme, help } = commonActions(this);
    const run = () => (this.running ? this.pause() : this.run());
    const step = (number) => () => {
      this.pause();
      this.steps(number);
    };
    onClicks({ run, back: () => this.back(), reset: () => this.reset(), step: step(1), "step-20": step(20),
      "step-100": step(100), "step-500": step(500) });
    byId("speed").onchange = () => this.showRunning();
    const keys = { ArrowRight: step(1), s: step(1), ArrowLeft: () => this.back(), " ": run, 0: () => this.reset(),
      t: theme, "?": help };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target.closest("input, select, textarea, dialog")) return;
      if (event.key === " " && event.target.closest("button")) return; // it presses the button
      const action = keys[keyOf(event)];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  setTheme(theme) {
    this.theme = document.documentElement.dataset.theme = theme;
  }
}

openPage(async (texts) => {
  const [settings, presets, limits] = await Promise.all(["opening", "presets", "limits"].map(unpackJson));
  byId("loading").hidden = true;
  window.inspector = new Inspector(texts, { settings, presets, limits }); // for the console, and for tests
});
