/* What every page needs: elements, texts, data, help, light and dark. */

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

/* An element with its properties and children; text never becomes markup. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties))
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/* Put values into a text: fill("{n} words", {n: 3}). */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}

/* Texts come into the page here and only here: data-text is content, data-label a name. */
function translate(root, texts) {
  for (const node of root.querySelectorAll("[data-text]"))
    node.textContent = texts[node.dataset.text];
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", texts[node.dataset.label]);
    if (node.tagName === "BUTTON") node.title = texts[node.dataset.label];
  }
}

async function unpack(id) {
  const text = document.getElementById(id).textContent;
  let bytes;
  if (Uint8Array.fromBase64) bytes = Uint8Array.fromBase64(text);
  else {
    const binary = atob(text);
    bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function unpackJson(id) {
  return JSON.parse(new TextDecoder().decode(await unpack(id)));
}

/* The dialog of a page: how to read it, and its keys. */
function writeHelp(texts) {
  const close = element("button", { type: "button" }, texts.close);
  close.onclick = () => byId("keys").close();
  byId("keys").replaceChildren(
    element("h2", {}, texts.helpTitle),
    element("p", {}, texts.helpText),
    element("dl", { className: "keys" }, ...texts.keys.flatMap(
      ([key, meaning]) => [element("dt", {}, key), element("dd", {}, meaning)])),
    close);
}

/* Give the buttons and the help that every page has their work; returns it, for the keys.
 * A page has `texts`, `theme` and `setTheme(name)`. */
function commonActions(page) {
  const actions = {
    theme: () => page.setTheme(page.theme === "dark" ? "light" : "dark"),
    help: () => byId("keys").showModal(),
    print: () => window.print(),
  };
  onClicks(actions);
  writeHelp(page.texts);
  return actions;
}

/* Actions by the ids of their buttons. */
function onClicks(actions) {
  for (const [id, action] of Object.entries(actions)) byId(id).onclick = action;
}

/* The key of an event as tables of actions name it: letters small. */
function keyOf(event) {
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/* Light or dark as the system has it, until somebody chooses; paper is light.
 * A page has `theme`, `setTheme(name)` and `draw()`. */
function followTheme(page) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  page.setTheme(dark.matches ? "dark" : "light");
  dark.onchange = () => page.setTheme(dark.matches ? "dark" : "light");
  let paper = null; // what the theme was before printing
  addEventListener("beforeprint", () => {
    paper = page.theme;
    page.setTheme("light");
    page.draw();
  });
  addEventListener("afterprint", () => paper && page.setTheme(paper));
}

/* Translate the page, then start it; what fails is said where the page would be. */
async function openPage(start) {
  try {
    const texts = await unpackJson("texts");
    translate(document, texts);
    await start(texts);
  } catch (error) {
    const loading = byId("loading");
    loading.hidden = false;
    // The texts themselves are packed: without them there is English only.
    loading.textContent = typeof DecompressionStream === "undefined"
      ? "This browser cannot unpack the data of this page; please use one of 2023 or later."
      : `This page could not be drawn: ${error.message}`;
    console.error(error);
  }
  document.body.dataset.ready = "yes"; // for tests
}
