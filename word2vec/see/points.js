/* The points: one draw call of WebGL, or plain rectangles where there is no WebGL.
 * Words come by frequency, so buffers are filled backwards: frequent words lie on top. */

const VERTEX = `
attribute vec2 place; attribute vec4 colour; attribute float size;
uniform vec2 centre; uniform vec2 scale; uniform float grow;
varying vec4 tint; varying float radius;
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  gl_PointSize = size * grow;
  radius = gl_PointSize * 0.5;
  tint = colour;
}`;
const FRAGMENT = `
precision mediump float;
varying vec4 tint; varying float radius;
void main() {
  float inside = (0.5 - length(gl_PointCoord - 0.5)) * 2.0 * radius;
  float alpha = tint.a * clamp(inside, 0.0, 1.0);
  gl_FragColor = vec4(tint.rgb * alpha, alpha);
}`;

class Points {
  constructor(canvas, vectors) {
    this.canvas = canvas;
    this.vectors = vectors;
    const n = vectors.length;
    this.colours = new Uint8Array(4 * n); // of word i: n - 1 - i, as all buffers here
    this.sizes = pointSizes(vectors);
    const options = { antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: true };
    this.gl = canvas.getContext("webgl", options);
    if (this.gl) {
      this.prepare();
      canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
      canvas.addEventListener("webglcontextrestored", () => this.prepare());
    } else this.plain = canvas.getContext("2d");
  }

  prepare() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    const n = this.vectors.length;
    const places = new Uint16Array(2 * n);
    const sizes = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      places.set(this.vectors.places.subarray(2 * i, 2 * i + 2), 2 * (n - 1 - i));
      sizes[n - 1 - i] = this.sizes[i];
    }
    const attribute = (name, data, size, type, normalised) => {
      const buffer = gl.createBuffer();
      const at = gl.getAttribLocation(program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, normalised, 0, 0);
      return buffer;
    };
    attribute("place", places, 2, gl.UNSIGNED_SHORT, true);
    attribute("size", sizes, 1, gl.FLOAT, false);
    this.tints = attribute("colour", this.colours, 4, gl.UNSIGNED_BYTE, true);
    this.uniforms = {};
    for (const name of ["centre", "scale", "grow"])
      this.uniforms[name] = gl.getUniformLocation(program, name);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /* Colour every word: `tint(i)` gives [red, green, blue, alpha], each 0 to 255. */
  colour(tint) {
    const n = this.vectors.length;
    for (let i = 0; i < n; i++) this.colours.set(tint(i), 4 * (n - 1 - i));
    if (!this.gl) return;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.tints);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, this.colours, this.gl.DYNAMIC_DRAW);
  }

  draw(view) {
    const { canvas, gl } = this;
    if (!gl) return this.drawPlain(view);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.uniforms.centre, view.x, view.y);
    gl.uniform2f(this.uniforms.scale, (2 * view.k) / view.width, (2 * view.k) / view.height);
    gl.uniform1f(this.uniforms.grow, view.pointScale() * view.ratio);
    gl.drawArrays(gl.POINTS, 0, this.vectors.length);
  }

  drawPlain(view) {
    const pen = this.plain;
    const grow = view.pointScale();
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    for (let i = this.vectors.length - 1; i >= 0; i--) {
      const [x, y] = view.screen(i);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const at = 4 * (this.vectors.length - 1 - i);
      const [r, g, b, alpha] = this.colours.subarray(at, at + 4);
      const size = this.sizes[i] * grow;
      pen.fillStyle = `rgba(${r},${g},${b},${alpha / 255})`;
      pen.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }
}

/* Diameters in pixels: by the logarithm of the frequency; by rank where counts are unknown. */
function pointSizes(vectors) {
  const share = frequencyShares(vectors);
  return Float32Array.from(share, (value) => 3.2 + 7 * value * value);
}

/* 0 for the rarest word, 1 for the most frequent, on a logarithmic scale. */
function frequencyShares(vectors) {
  const n = vectors.length;
  const logs = vectors.counts.length
    ? Float64Array.from(vectors.counts, (count) => Math.log(Math.max(count, 1)))
    : Float64Array.from({ length: n }, (_, i) => -Math.log(i + 1));
  let low = Infinity, high = -Infinity;
  for (const value of logs) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return logs.map((value) => (high > low ? (value - low) / (high - low) : 0.5));
}
