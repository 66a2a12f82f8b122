/* What the map knows: words, counts, positions, and the vectors in all dimensions.
 * map.py packs them: base64 of deflated little-endian arrays, one block for each. */

class Vectors {
  static async read() {
    const self = new Vectors();
    const [about, rows, places, counts, clusters] = await Promise.all([
      unpackJson("about"), unpack("vectors"), unpack("places"), unpack("counts"), unpack("clusters"),
    ]);
    Object.assign(self, about); // words, size, bits, projection, clusterNames
    self.length = self.words.length;
    self.rows = self.bits === 8 ? new Int8Array(rows) : new Int16Array(rows);
    self.places = new Uint16Array(places); // x, y of each word; 0 to 65535 is the whole map
    self.counts = new Float64Array(counts); // none of them known: empty
    self.clusters = new Uint8Array(clusters);
    self.index = new Map(self.words.map((word, i) => [word, i]).reverse());
    self.folded = self.words.map((word) => word.toLowerCase());
    self.norms = new Float64Array(self.length);
    for (let i = 0; i < self.length; i++) self.norms[i] = Math.sqrt(self.squares(i));
    return self;
  }

  squares(i) {
    const { rows, size } = this;
    let sum = 0;
    for (let at = i * size, end = at + size; at < end; at++) sum += rows[at] * rows[at];
    return sum;
  }

  /* The vector of word i at length 1; zeros for a zero vector. */
  unit(i) {
    const norm = this.norms[i] || 1;
    const row = this.rows.subarray(i * this.size, (i + 1) * this.size);
    return Float64Array.from(row, (value) => value / norm);
  }

  /* The cosines of all words with a vector. */
  cosines(vector) {
    const { rows, size, norms, length } = this;
    const out = new Float32Array(length);
    const own = Math.sqrt(dot(vector, vector));
    if (own === 0) return out;
    for (let i = 0, at = 0; i < length; i++) {
      let sum = 0;
      for (let d = 0; d < size; d++) sum += rows[at++] * vector[d];
      out[i] = norms[i] ? sum / (own * norms[i]) : 0;
    }
    return out;
  }

  /* The `number` words of largest score, best first, without those given. */
  best(scores, number, without) {
    const left = new Set(without);
    const found = [];
    for (let i = 0; i < scores.length; i++) {
      const full = found.length === number;
      if ((full && scores[i] <= found[number - 1].score) || left.has(i)) continue;
      if (full) found.pop();
      let at = found.length;
      while (at && found[at - 1].score < scores[i]) at--;
      found.splice(at, 0, { word: i, score: scores[i] });
    }
    return found;
  }

  nearest(i, number) {
    return this.norms[i] ? this.best(this.cosines(this.unit(i)), number, [i]) : [];
  }

  /* b - a + c and the words nearest to it: what most_similar answers. */
  analogy(a, b, c, number) {
    const [ua, ub, uc] = [a, b, c].map((i) => this.unit(i));
    const target = ub.map((value, d) => value - ua[d] + uc[d]);
    return { target, found: this.best(this.cosines(target), number, [a, b, c]) };
  }

  /* Words for what was typed so far: those that begin so, then those that contain it. */
  complete(text, number) {
    const typed = text.toLowerCase();
    const begin = [], inside = [];
    if (!typed) return begin;
    for (let i = 0; i < this.length && begin.length < number; i++) {
      const at = this.folded[i].indexOf(typed);
      if (at === 0) begin.push(i);
      else if (at > 0 && inside.length < number) inside.push(i);
    }
    // What is on the map exactly as typed comes first, however rare.
    const same = this.index.get(text);
    const found = [...(same === undefined ? [] : [same]), ...begin, ...inside];
    return [...new Set(found)].slice(0, number);
  }
}

function dot(a, b) {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}
