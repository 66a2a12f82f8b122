/* Training on a handful of words, one update at a time, every number kept: the same arithmetic
 * as word2vec/reference.py, which is tested against the kernels that train large corpora.
 *
 * One step is one update by gradient descent: of a pair of words in skip-gram, of a centre with
 * its whole window in CBOW. What is predicted is the centre. In skip-gram the row of the *context*
 * word is the input (as in word2vec.c; the papers write it the other way round, and as a corpus
 * is passed each pair turns up both ways). Words and inner nodes are named by their ids.
 *
 * Random numbers are those of csrc/w2v.h: wyrand, seeded for each epoch by splitmix64. */

const WORD_64 = 0xffffffffffffffffn;
const WEIGHTS = WORD_64; // the initial weights come from the stream of this "epoch"
const DEPTH = 5000; // steps that can be taken back

function splitmix64(x) {
  x = (x + 0x9e3779b97f4a7c15n) & WORD_64;
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD_64;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & WORD_64;
  return x ^ (x >> 31n);
}

/* wyrand: 64 bits at a time, in two halves. */
class Stream {
  constructor(seed, epoch) {
    this.state = splitmix64(splitmix64(splitmix64(BigInt(seed)) ^ BigInt(epoch)));
  }

  next() {
    this.state = (this.state + 0xa0761d6478bd642fn) & WORD_64;
    const product = this.state * (this.state ^ 0xe7037ed1a0b428dbn);
    const bits = (product >> 64n) ^ (product & WORD_64);
    return { high: Number(bits >> 32n), low: Number(bits & 0xffffffffn) };
  }

  below(n) {
    return share(this.next().high, n);
  }
}

/* Of 32 random bits, a whole number below n. */
function share(high, n) {
  return Math.floor((high * n) / 2 ** 32);
}

/* Words by descending count; of equally frequent words the one seen later comes first. */
function countWords(sentences) {
  const counts = new Map();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) || 0) + 1);
  const sorted = [...counts].reverse().sort((a, b) => b[1] - a[1]);
  return sorted.map(([word, count]) => ({ word, count }));
}

/* A Huffman tree: the two lightest subtrees are joined until one is left, and the lighter child
 * has code 0. Leaves go before inner nodes of the same weight, rare words before frequent ones. */
function huffmanTree(counts) {
  const leaves = counts.map((count, id) => ({ kind: "word", id, count }));
  const nodes = [];
  let made = 0; // of the inner nodes, how many have a parent
  const lightest = () => {
    const leaf = leaves[leaves.length - 1], node = nodes[made];
    return leaf && (!node || leaf.count <= node.count) ? leaves.pop() : nodes[made++];
  };
  while (nodes.length < counts.length - 1) {
    const children = [lightest(), lightest()];
    const count = children[0].count + children[1].count;
    nodes.push({ kind: "node", id: nodes.length, count, children });
  }
  const codes = counts.map(() => []), paths = counts.map(() => []);
  const descend = (at, path, code) => {
    if (at.kind === "word") [paths[at.id], codes[at.id]] = [path, code];
    else at.children.forEach((child, c) => descend(child, [...path, at.id], [...code, c]));
  };
  if (nodes.length) descend(nodes[nodes.length - 1], [], []);
  return { nodes, root: nodes.length - 1, codes, paths };
}

/* The chance of each word to be drawn as noise. */
function noiseOf(counts, exponent) {
  const extreme = exponent > 0 ? Math.max(...counts) : Math.min(...counts);
  const weights = counts.map((count) => (exponent ? (count / extreme) ** exponent : 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/* An alias table (Vose 1991): a slot gives its own word for draws below the threshold, else its
 * alias. Step for step w2v_alias_build of csrc/w2v_tables.c, so that the draws are the same. */
function aliasTable(chances) {
  const n = chances.length, most = 2 ** 32 - 1;
  const scaled = chances.map((chance) => chance * n);
  const table = chances.map((_, id) => ({ threshold: most, alias: id }));
  const ids = chances.map((_, id) => id);
  const small = ids.filter((id) => scaled[id] < 1), large = ids.filter((id) => scaled[id] >= 1);
  while (small.length && large.length) {
    const less = small.pop(), more = large[large.length - 1];
    const threshold = Math.max(Math.floor(scaled[less] * 2 ** 32 + 0.5), 0);
    table[less] = { threshold: Math.min(threshold, most), alias: more };
    scaled[more] = scaled[more] + scaled[less] - 1;
    if (scaled[more] < 1) small.push(large.pop());
  }
  return table;
}

function product(a, b) {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}

function addTo(row, factor, other) {
  for (let d = 0; d < row.length; d++) row[d] += factor * other[d];
}

function sigmoid(x) {
  return 0.5 * (1 + Math.tanh(0.5 * x));
}

/* log(1 + e^x) without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/* Options (in brackets: if not given)
 *   sentences      arrays of words
 *   architecture   "sg" | "cbow" ("sg")
 *   output         "softmax" | "hs" | "ns" ("softmax")
 *   vectorSize (5), window (2), negative (5: noise words of each update), alpha (0.025), seed (1)
 *   shrinkWindows  draw the reach of each window from 1 to `window` (true)
 *   nsExponent     of the counts in the noise distribution (0.75)
 *   cbowMean       the hidden layer is the mean of the rows, not their sum (true)
 *   correctedCbow  each row gets its share of the gradient, not all of it as in word2vec.c (false)
 *
 * Properties
 *   vocabulary     [{word, count}], most frequent first; a word's id is its place
 *   tree           {nodes: [{kind: "node", id, count, children: [two of node or
 *                  {kind: "word", id, count}]}], root: id, codes, paths: of each word, from the
 *                  root down}; null unless "hs"
 *   noise          chance of each word to be drawn; null unless "ns"
 *   input, output  Float64Arrays, one of each word (of each inner node in "hs"); changed in place
 *   steps, losses  how many steps were taken, and the loss of each (nats)
 *   last           record of the last step, or null
 *   alpha          may be set between steps
 *
 * Record of a step
 *   step           from 1; epoch, sentence and positions count from 0
 *   epoch, sentence, position (of the centre), window: [first, last position], alpha
 *   target         id of the centre word
 *   contexts       positions of the words whose rows make the hidden layer
 *   inputs         their ids; inputRows: their rows before the step
 *   hidden         the hidden layer
 *   outputs        [{kind: "word" | "node", id, label: 0 | 1, score, probability, weight (how
 *                  often drawn; else 1), error = weight * (label - probability), row (before),
 *                  update = alpha * error * hidden}]
 *   drawn          noise words as they were drawn; one equal to the target is dropped, one that
 *                  was drawn twice is one output of weight 2
 *   loss           in nats, before the update
 *   inputUpdate    what is added to the row of each input */
class Trainer {
  constructor(options) {
    const defaults = {
      architecture: "sg", output: "softmax", vectorSize: 5, window: 2, negative: 5, alpha: 0.025,
      seed: 1, shrinkWindows: true, nsExponent: 0.75, cbowMean: true, correctedCbow: false,
    };
    this.options = { ...defaults, ...options };
    this.check();
    const { sentences, output, nsExponent } = this.options;
    this.vocabulary = countWords(sentences);
    this.index = new Map(this.vocabulary.map(({ word }, id) => [word, id]));
    this.sentences = sentences.map((words) => words.map((word) => this.index.get(word)));
    const counts = this.vocabulary.map(({ count }) => count);
    this.tree = output === "hs" ? huffmanTree(counts) : null;
    this.noise = output === "ns" ? noiseOf(counts, nsExponent) : null;
    this.table = this.noise && aliasTable(this.noise);
    this.reset();
  }

  check() {
    const { sentences, seed, ...given } = this.options;
    const demand = (name, holds, allowed) => {
      if (!holds) throw new RangeError(`${name}=${this.options[name]}: it must be ${allowed}`);
    };
    const choices = { architecture: ["sg", "cbow"], output: ["softmax", "hs", "ns"] };
    for (const [name, of] of Object.entries(choices)) {
      demand(name, of.includes(given[name]), `one of ${of.join(", ")}`);
    }
    for (const name of ["vectorSize", "window", "negative"]) {
      demand(name, Number.isInteger(given[name]) && given[name] >= 1, "a whole number >= 1");
    }
    demand("alpha", given.alpha >= 0 && given.alpha < Infinity, "a number >= 0");
    demand("seed", Number.isSafeInteger(seed) && seed >= 0, "a whole number >= 0");
    demand("nsExponent", Number.isFinite(given.nsExponent), "a number");
    if (!sentences.some((words) => words.length > 1)) {
      throw new RangeError("no sentence has two words: there is nothing to predict one from");
    }
  }

  /* Start again, with the alpha of the options. */
  reset() {
    const { seed, vectorSize, alpha } = this.options;
    const stream = new Stream(seed, WEIGHTS);
    const drawn = () => (stream.next().high / 2 ** 32 - 0.5) / vectorSize;
    this.input = this.vocabulary.map(() => Float64Array.from({ length: vectorSize }, drawn));
    const outputs = this.tree ? this.tree.nodes : this.vocabulary;
    this.output = outputs.map(() => new Float64Array(vectorSize));
    this.alpha = alpha;
    this.losses = [];
    this.last = null;
    this.past = [];
    this.place = { epoch: 0, sentence: 0, position: -1, window: null, waiting: [] };
    this.stream = new Stream(seed, 0);
  }

  get steps() {
    return this.losses.length;
  }

  /* Take one step; returns its record. */
  step() {
    const { place, alpha } = this, { state } = this.stream;
    const contexts = this.advance();
    const inputs = contexts.map((position) => this.wordAt(position));
    const target = this.wordAt(this.place.position);
    const drawn = this.noise ? this.drawNoise() : [];
    const hidden = this.hiddenOf(inputs);
    const { outputs, loss } = this.compare(hidden, this.questions(target, drawn));
    const inputUpdate = new Float64Array(hidden.length);
    const scale = this.dividesGradient() ? 1 / inputs.length : 1;
    for (const output of outputs) {
      output.row = this.output[output.id].slice();
      output.update = hidden.map((value) => alpha * output.error * value);
      addTo(inputUpdate, scale * alpha * output.error, output.row);
    }
    const inputRows = inputs.map((id) => this.input[id].slice());
    this.remember({ place, state, alpha, inputs, inputRows, outputs });
    for (const { id, update } of outputs) addTo(this.output[id], 1, update);
    for (const id of inputs) addTo(this.input[id], 1, inputUpdate);
    this.losses.push(loss);
    const { epoch, sentence, position, window } = this.place;
    this.last = {
      step: this.steps, epoch, sentence, position, window, target, contexts, inputs, inputRows,
      hidden, outputs, drawn, loss, inputUpdate, alpha,
    };
    return this.last;
  }

  /* Take the last step back, to the last bit; returns the record of the one before, or null. */
  back() {
    if (!this.past.length) return null;
    this.undo();
    // The record of the step before is not kept, but made again.
    if (this.past.length) {
      const { alpha } = this;
      this.alpha = this.past[this.past.length - 1].alpha;
      this.undo();
      this.step();
      this.alpha = alpha;
    } else this.last = null;
    return this.last;
  }

  /* The record that the next step will have. */
  peek() {
    const { last } = this;
    const record = this.step();
    this.undo();
    this.last = last;
    return record;
  }

  /* Only the rows: records would take ten times the memory. */
  remember({ place, state, alpha, inputs, inputRows, outputs }) {
    const input = inputs.map((id, i) => [id, inputRows[i]]);
    const output = outputs.map(({ id, row }) => [id, row]);
    this.past.push({ place, state, alpha, input, output });
    if (this.past.length > DEPTH) this.past.shift();
  }

  undo() {
    const { place, state, input, output } = this.past.pop();
    for (const [id, row] of input) this.input[id].set(row);
    for (const [id, row] of output) this.output[id].set(row);
    this.place = place;
    this.stream.state = state;
    this.losses.pop();
  }

  wordAt(position) {
    return this.sentences[this.place.sentence][position];
  }

  /* Go to the next example; returns the positions of its inputs. */
  advance() {
    const { window: most, shrinkWindows, seed, architecture } = this.options;
    let { epoch, sentence, position, window, waiting } = this.place;
    while (!waiting.length) {
      position += 1;
      while (position >= this.sentences[sentence].length) {
        position = 0;
        sentence += 1;
        if (sentence === this.sentences.length) {
          sentence = 0;
          epoch += 1;
          this.stream = new Stream(seed, epoch);
        }
      }
      const reach = most - (shrinkWindows ? this.stream.below(most) : 0);
      ({ window, contexts: waiting } = this.around(sentence, position, reach));
    }
    const taken = architecture === "sg" ? 1 : waiting.length;
    this.place = { epoch, sentence, position, window, waiting: waiting.slice(taken) };
    return waiting.slice(0, taken);
  }

  /* The window of a centre, cut at the ends of the sentence. */
  around(sentence, position, reach) {
    const first = Math.max(position - reach, 0);
    const last = Math.min(position + reach, this.sentences[sentence].length - 1);
    const contexts = [];
    for (let at = first; at <= last; at++) if (at !== position) contexts.push(at);
    return { window: [first, last], contexts };
  }

  drawNoise() {
    return Array.from({ length: this.options.negative }, () => {
      const { high, low } = this.stream.next();
      const slot = share(high, this.table.length);
      return low < this.table[slot].threshold ? slot : this.table[slot].alias;
    });
  }

  hiddenOf(inputs) {
    const hidden = new Float64Array(this.options.vectorSize);
    for (const id of inputs) addTo(hidden, 1, this.input[id]);
    return this.options.cbowMean ? hidden.map((value) => value / inputs.length) : hidden;
  }

  dividesGradient() {
    const { architecture, cbowMean, correctedCbow } = this.options;
    return architecture === "cbow" && cbowMean === correctedCbow;
  }

  /* The output rows that a target is trained on, each with the answer it should give. */
  questions(target, drawn) {
    if (this.tree) {
      const path = this.tree.paths[target], code = this.tree.codes[target];
      return path.map((id, i) => ({ kind: "node", id, label: 1 - code[i], weight: 1 }));
    }
    const word = (id, weight) => ({ kind: "word", id, label: Number(id === target), weight });
    if (!this.noise) return this.vocabulary.map((_, id) => word(id, 1));
    const noise = new Map();
    for (const id of drawn) if (id !== target) noise.set(id, (noise.get(id) || 0) + 1);
    return [word(target, 1), ...Array.from(noise, ([id, times]) => word(id, times))];
  }

  /* Scores, probabilities and errors of the output rows, and the loss. */
  compare(hidden, questions) {
    const scores = questions.map(({ id }) => product(this.output[id], hidden));
    let probabilities, loss = 0;
    if (this.tree || this.noise) {
      probabilities = scores.map(sigmoid);
      questions.forEach(({ label, weight }, i) => {
        loss += weight * softplus(label ? -scores[i] : scores[i]);
      });
    } else {
      const most = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      probabilities = powers.map((power) => power / sum);
      loss = most + Math.log(sum) - scores[questions.findIndex(({ label }) => label)];
    }
    const outputs = questions.map((question, i) => ({
      ...question,
      score: scores[i],
      probability: probabilities[i],
      error: question.weight * (question.label - probabilities[i]),
    }));
    return { outputs, loss };
  }

  /* The mean loss of a step with the weights as they are, expected over windows and noise. */
  evaluate() {
    const { architecture, window, shrinkWindows } = this.options;
    let sum = 0, examples = 0;
    this.sentences.forEach((words, sentence) => {
      words.forEach((target, position) => {
        for (let reach = shrinkWindows ? 1 : window; reach <= window; reach++) {
          const ids = this.around(sentence, position, reach).contexts.map((at) => words[at]);
          const hidden = architecture === "sg" ? ids.map((id) => [id]) : ids.length ? [ids] : [];
          for (const inputs of hidden) sum += this.expectedLoss(this.hiddenOf(inputs), target);
          examples += hidden.length;
        }
      });
    });
    return sum / examples;
  }

  expectedLoss(hidden, target) {
    if (!this.noise) return this.compare(hidden, this.questions(target, [])).loss;
    let loss = softplus(-product(this.output[target], hidden));
    this.noise.forEach((chance, id) => {
      const meets = id === target ? 0 : this.options.negative * chance;
      loss += meets * softplus(product(this.output[id], hidden));
    });
    return loss;
  }

  /* The id of a word; an id stays as it is. */
  id(word) {
    const id = typeof word === "string" ? this.index.get(word) : word;
    if (!this.vocabulary[id]) throw new RangeError(`${word} is not in the vocabulary`);
    return id;
  }

  /* Cosine of the input rows of two words, each given by itself or its id; 0 for a zero row. */
  similarity(a, b) {
    const [x, y] = [this.input[this.id(a)], this.input[this.id(b)]];
    return product(x, y) / Math.sqrt(product(x, x) * product(y, y)) || 0;
  }

  /* The n words most similar to one, best first: [{id, word, similarity}]. */
  neighbours(word, n) {
    const own = this.id(word);
    return this.vocabulary
      .map((entry, id) => ({ id, word: entry.word, similarity: this.similarity(own, id) }))
      .filter(({ id }) => id !== own)
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, n);
  }
}
