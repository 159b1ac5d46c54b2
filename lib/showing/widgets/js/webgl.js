// The Gray-Scott model on the graphics processor: a state is one texture of two floats a cell (u, v), a step
// one pass over it. WebGL 2 with EXT_color_buffer_float; the algebra and the stop rule are those of stepper.js.
import { COLOUR_MAPS } from "./colormap.js";

const HEAD = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D state;
uniform sampler2D before;
uniform sampler2D flags;
uniform int n;
`;

/** One triangle that covers the picture; no buffers are needed. */
const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0, 1); }`;

const STEP = `${HEAD}
uniform vec4 params; // Du, Dv, F, F + k
out vec4 after;
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy), edge = ivec2(n - 1);
  vec2 x = texelFetch(state, here, 0).xy;
  after = vec4(x, 0, 1);
  if (texelFetch(flags, ivec2(0), 0).z > 0.5) return; // the run has stopped: nothing moves any more
  vec2 down = texelFetch(state, (here + ivec2(0, 1)) & edge, 0).xy;
  vec2 up = texelFetch(state, (here - ivec2(0, 1)) & edge, 0).xy;
  vec2 right = texelFetch(state, (here + ivec2(1, 0)) & edge, 0).xy;
  vec2 left = texelFetch(state, (here - ivec2(1, 0)) & edge, 0).xy;
  vec2 laplacian = ((up + down) + (left + right)) - 4.0 * x;
  float reaction = x.x * x.y * x.y;
  vec2 rate = vec2(params.x * laplacian.x - reaction + params.z * (1.0 - x.x),
                   params.y * laplacian.y + reaction - params.w * x.y);
  after.xy = x + rate;
}`;

/** max(|Δu|, |Δv|) of 8 × 8 cells each. */
const TILES = `${HEAD}
out vec4 largest;
void main() {
  ivec2 corner = ivec2(gl_FragCoord.xy) * 8;
  float change = 0.0;
  for (int i = 0; i < 64; i++) {
    ivec2 cell = corner + ivec2(i & 7, i >> 3);
    vec2 size = abs(texelFetch(state, cell, 0).xy - texelFetch(before, cell, 0).xy);
    change = max(change, max(size.x, size.y));
  }
  largest = vec4(change, 0, 0, 1);
}`;

/** What is known of the run: change of its last step, number of that step, whether it stopped there. */
const FLAGS = `${HEAD}
uniform vec3 rule; // number of this step, tolerance, last step (−1 where there is none)
out vec4 known;
void main() {
  known = texelFetch(flags, ivec2(0), 0);
  if (known.z > 0.5) return;
  float change = 0.0;
  for (int i = 0; i < (n / 8) * (n / 8); i++)
    change = max(change, texelFetch(state, ivec2(i % (n / 8), i / (n / 8)), 0).x);
  bool stop = change < rule.y || (rule.z >= 0.0 && rule.x >= rule.z);
  known = vec4(change, rule.x, stop ? 1.0 : 0.0, 1);
}`;

const PAINT = `${HEAD}
uniform vec3 spot; // column, row, radius
uniform vec2 colour; // u, v
out vec4 after;
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  vec2 away = abs(vec2(here) - spot.xy);
  away = min(away, float(n) - away);
  after = dot(away, away) <= spot.z * spot.z ? vec4(colour, 0, 1) : texelFetch(state, here, 0);
}`;

const SHOW = `${HEAD}
uniform sampler2D colours;
uniform float top;
out vec4 shown;
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  float v = texelFetch(state, ivec2(here.x, n - 1 - here.y), 0).y;
  int place = int(clamp(v / top, 0.0, 1.0) * 255.0 + 0.5);
  shown = v == v ? texelFetch(colours, ivec2(place, 0), 0) : vec4(0.78, 0.06, 0.18, 1);
}`;

/** Runs on the graphics processor, behind the same methods as CpuEngine of stepper.js. */
export class WebglEngine {
  /**
   * @param n cells along each side, a power of two and at least 8
   * @param canvas a fresh canvas: the engine draws v on it
   * @param software whether an emulated graphics processor will do; the CPU engine is faster than one
   */
  constructor(n, canvas, { software = false } = {}) {
    this.kind = "webgl";
    this.n = n;
    canvas.width = canvas.height = n;
    const options = { antialias: false, depth: false, alpha: false, failIfMajorPerformanceCaveat: !software };
    this.gl = canvas.getContext("webgl2", options);
    if (!this.gl || (!software && isEmulated(this.gl))) {
      throw new Error("this browser offers no hardware-accelerated WebGL 2");
    }
    if (!this.gl.getExtension("EXT_color_buffer_float")) {
      throw new Error("this graphics processor cannot draw into float textures");
    }
    this.build();
  }

  build() {
    const { gl, n } = this;
    gl.bindVertexArray(gl.createVertexArray());
    this.programs = {};
    for (const [name, source] of Object.entries({ STEP, TILES, FLAGS, PAINT, SHOW })) {
      this.programs[name] = program(gl, source);
    }
    this.states = [surface(gl, n, gl.RG32F, gl.RG), surface(gl, n, gl.RG32F, gl.RG)];
    this.tiles = surface(gl, n / 8, gl.RG32F, gl.RG);
    this.flags = [surface(gl, 1, gl.RGBA32F, gl.RGBA), surface(gl, 1, gl.RGBA32F, gl.RGBA)];
    this.colours = texture(gl, 256, 1, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, COLOUR_MAPS.magma);
    this.pixels = new Float32Array(4 * n * n);
    this.state = { u: new Float32Array(n * n), v: new Float32Array(n * n) };
    this.resume(0);
  }

  /** Start from a copy of a state. */
  load({ u, v }, steps = 0) {
    const { gl, n } = this;
    const both = new Float32Array(2 * n * n);
    for (let i = 0; i < n * n; i++) [both[2 * i], both[2 * i + 1]] = [u[i], v[i]];
    gl.bindTexture(gl.TEXTURE_2D, this.states[0].texture);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, n, n, gl.RG, gl.FLOAT, both);
    this.resume(steps);
  }

  /** Go on from step number `steps`, whether or not the run had stopped. */
  resume(steps) {
    const { gl } = this;
    this.steps = steps;
    gl.bindTexture(gl.TEXTURE_2D, this.flags[0].texture);
    const known = new Float32Array([NaN, steps, 0, 1]);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 1, 1, gl.RGBA, gl.FLOAT, known);
  }

  /** Queue up to `count` steps; those after the one that ends the run change nothing. */
  advance({ Du, Dv, F, k }, count, { tol, limit }) {
    const wanted = limit === null ? count : Math.min(count, limit - this.steps);
    const params = [Du, Dv, F, F + k];
    for (let i = 0; i < wanted; i++) {
      this.pass("STEP", this.states[1], { state: this.states[0], params });
      this.states.reverse();
      this.steps++;
      // Without a tolerance, only the last step of a burst is looked at.
      if (tol !== null || i === wanted - 1) this.watch([this.steps, tol ?? -1, limit ?? -1]);
    }
  }

  watch(rule) {
    this.pass("TILES", this.tiles, { state: this.states[0], before: this.states[1] });
    this.pass("FLAGS", this.flags[1], { state: this.tiles, rule });
    this.flags.reverse();
  }

  /** Set a disc of cells around (column, row), periodic, to the given concentrations. */
  paint(column, row, radius, u, v) {
    this.pass("PAINT", this.states[1], { state: this.states[0], spot: [column, row, radius], colour: [u, v] });
    this.states.reverse();
  }

  /** The state now, with what is known of the run; the arrays are the engine's own. */
  read() {
    const { gl, n, pixels, state } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.flags[0].frame);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, pixels);
    const [change, seen, stopped] = pixels;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.states[0].frame);
    gl.readPixels(0, 0, n, n, gl.RGBA, gl.FLOAT, pixels);
    for (let i = 0; i < n * n; i++) [state.u[i], state.v[i]] = [pixels[4 * i], pixels[4 * i + 1]];
    if (stopped > 0.5) this.steps = seen;
    return { ...state, steps: this.steps, change, stopped: stopped > 0.5 };
  }

  /** Show v on the canvas; `top` is the bright end of the scale. */
  draw(top) {
    this.pass("SHOW", { frame: null, size: this.n }, { state: this.states[0], top: [top] });
  }

  pass(name, target, { state, before = state, ...numbers }) {
    const { gl } = this;
    const { handle, places } = this.programs[name];
    gl.useProgram(handle);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.frame);
    gl.viewport(0, 0, target.size, target.size);
    const inputs = { state: state.texture, before: before.texture, flags: this.flags[0].texture };
    Object.entries({ ...inputs, colours: this.colours }).forEach(([input, bound], unit) => {
      if (places[input] === undefined) return;
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, bound);
      gl.uniform1i(places[input], unit);
    });
    gl.uniform1i(places.n, this.n);
    for (const [key, values] of Object.entries(numbers)) gl[`uniform${values.length}fv`](places[key], values);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.activeTexture(gl.TEXTURE0);
  }

  /** Give the graphics memory back at once. */
  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/** Whether the graphics processor is itself a program: browsers do not always own up to it. */
function isEmulated(gl) {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

function program(gl, source) {
  const handle = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, source]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(handle, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) {
    throw new Error(`the graphics driver refuses a program (${gl.getProgramInfoLog(handle)})`);
  }
  const places = {};
  for (let i = 0; i < gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS); i++) {
    const { name } = gl.getActiveUniform(handle, i);
    places[name] = gl.getUniformLocation(handle, name);
  }
  return { handle, places };
}

function texture(gl, width, height, inside, format, type, data) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, format, type, data);
  for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
  }
  return made;
}

/** A square float texture that can be drawn into. */
function surface(gl, size, inside, format) {
  const made = texture(gl, size, size, inside, format, gl.FLOAT, null);
  const frame = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, made, 0);
  return { texture: made, frame, size };
}
