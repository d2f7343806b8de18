// The page: which description it shows, and which of its operations.

import { element, problem, report } from "./elements.js";
import { groups } from "./operations.js";
import { prose } from "./schema.js";

// Also where a proxy serves the service below a path.
const base = new URL("..", new URL(".", location.href));
const main = document.getElementById("main");
const form = document.getElementById("choice");
const choice = form.elements.description;
const find = form.elements.find;
let list = [];
let shown = null;

async function load(path) {
  const response = await fetch(new URL(path, base));
  if (!response.ok) throw new Error(`The service answers ${response.status} for ${path}.`);
  return response.json();
}

/** The description and the operation that the address names: `#NAME/OPERATION`. */
function address() {
  const [name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  return { name: list.some((entry) => entry.name === name) ? name : list[0].name, operation: rest.join("/") };
}

async function show() {
  const { name, operation } = address();
  if (shown !== name) {
    shown = name;
    const entry = list.find((each) => each.name === name);
    choice.value = name;
    document.title = `${entry.title} · Darkroom descriptions`;
    try {
      const root = await load(entry.path);
      if (shown !== name) return;
      main.replaceChildren(...introduction(entry, root), ...groups(root).map(([group, operations]) => section(name, group, operations)));
    } catch (error) {
      shown = null;
      main.replaceChildren(element("h1", {}, entry.title), problem(error));
      return;
    }
    filter();
  }
  if (operation) open(operation);
}

function introduction(entry, root) {
  const channels = Object.values(root.channels ?? {}).map((channel) => channel.description);
  const address = root.servers?.[0]?.url;
  return [
    element("h1", {}, entry.title),
    element("div", { className: "intro" }, [root.info.description, ...channels].map((text) => element("p", {}, prose(text))),
      element("p", {}, root.openapi ? `OpenAPI ${root.openapi}` : `AsyncAPI ${root.asyncapi}`, ", version ", root.info.version, ": ",
        element("a", { href: new URL(entry.path, base).href }, entry.path), address ? [", at ", element("code", {}, address)] : null)),
  ];
}

function section(name, group, operations) {
  return element("section", { "aria-label": group }, element("h2", {}, group), operations.map((operation) => {
    const details = element("details", {
      className: "operation", id: operation.id,
      toggle: () => {
        if (!details.open || details.querySelector(".inside")) return;
        const link = element("a", { href: `#${name}/${operation.id}` }, "Link to this");
        details.append(element("div", { className: "inside" }, operation.inside(), element("p", {}, link)));
      },
    }, element("summary", {},
      element("code", { className: "method" }, operation.method), element("code", {}, operation.name), element("span", { className: "text" }, prose(operation.summary))));
    details.searched = `${operation.method} ${operation.name} ${operation.summary} ${operation.id}`.toLowerCase();
    return details;
  }));
}

function open(id) {
  const details = document.getElementById(id);
  if (!details?.classList.contains("operation")) return;
  details.hidden = details.parentElement.hidden = false;
  details.open = true;
  details.querySelector("summary").focus();
  details.scrollIntoView();
}

/** Shows the operations that have all words of the field, and the groups with some of them. */
function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const part of main.querySelectorAll("section")) {
    let some = 0;
    for (const details of part.querySelectorAll(".operation")) {
      details.hidden = !words.every((word) => details.searched.includes(word));
      if (!details.hidden) some += 1;
    }
    part.hidden = some === 0;
    count += some;
  }
  report(words.length > 0 ? `${count} found` : "");
}

choice.addEventListener("change", () => { location.hash = `#${choice.value}`; });
find.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", () => {
  if (location.hash === "#main") return main.focus();
  return show();
});

try {
  list = (await load("openapi/list.json")).descriptions;
  choice.append(...list.map((entry) => element("option", { value: entry.name }, entry.title)));
  await show();
} catch (error) {
  main.replaceChildren(element("h1", {}, "Descriptions"), problem(error));
}
