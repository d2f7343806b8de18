// Elements of the page and texts for people.

/** An element with properties, attributes (names with a hyphen, `role` and `for`) and listeners (functions), and its children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else if (key.includes("-") || ["role", "for", "list", "scope"].includes(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A field with its label. */
export function field(label, input) {
  return element("label", {}, label, input);
}

/** A list of choices: pairs of value and text. */
export function choices(name, pairs) {
  return element("select", { name }, pairs.map(([value, text]) => element("option", { value }, text)));
}

/** A table with a caption. A column is its heading and, for numbers, `true`. */
export function table(caption, columns, rows = []) {
  const body = element("tbody", {}, rows);
  const head = columns.map(([text, isNumber]) => element("th", { scope: "col", className: isNumber ? "number" : "" }, text));
  // People who use a keyboard scroll it as well.
  const wrapper = element("div", { className: "table", tabIndex: 0, role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, head)), body));
  return { wrapper, body };
}

/** A row of a table; a cell is a text, an element, or a number. */
export function row(...cells) {
  return element("tr", {}, cells.map((cell) =>
    element("td", { className: typeof cell === "number" ? "number" : "" }, typeof cell === "number" ? cell.toLocaleString() : cell ?? "–")));
}

/** Bytes as people read them. */
export function bytes(count) {
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < 4) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${["B", "KiB", "MiB", "GiB", "TiB"][unit]}`;
}

/** Seconds as minutes and seconds. */
export function duration(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A moment in the reader's own zone. */
export function moment(text) {
  return text ? element("time", { dateTime: text }, new Date(text).toLocaleString()) : "–";
}

/** Tells what has happened, also to people who hear the page. */
export function report(text) {
  const status = document.getElementById("status");
  status.textContent = text;
  clearTimeout(report.timer);
  report.timer = setTimeout(() => { status.textContent = ""; }, 8000);
}

/** An error as a paragraph that is read out. */
export function problem(error) {
  return element("p", { className: "error", role: "alert" }, error.message);
}

/** Calls `step` now and again after each `milliseconds`, until the function that it returns is called. Its errors are passed to `failed`. */
export function repeat(milliseconds, step, failed) {
  let [timer, ended] = [0, false];
  async function run() {
    try {
      if (!document.hidden) await step();
    } catch (error) {
      if (!ended) failed(error);
    }
    if (!ended) timer = setTimeout(run, milliseconds);
  }
  run();
  return () => { ended = true; clearTimeout(timer); };
}
