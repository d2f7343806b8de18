// Events that wait, events that were given up, and webhooks.

import { get, send } from "./api.js";
import { element, moment, problem, repeat, report, row, table } from "./elements.js";

export const title = "Outbox";

export function show(main) {
  const failure = element("div");
  const waiting = table("Events that wait to be delivered, also to users who are absent", [["Chat system"], ["Events", true], ["Oldest"]]);
  const dead = table("Dead letters: events that were given up", [["Failed"], ["Event"], ["To"], ["Attempts", true], ["Reason"], ["Action"]]);
  const hooks = table("Webhooks", [["URL"], ["State"], ["Waiting", true], ["Dead letters", true]]);
  const all = element("button", { type: "button", click: () => replay({ all: true }) }, "Deliver all dead letters again");

  async function load() {
    const [outbox, { webhooks }] = await Promise.all([get("v1/outbox", { query: { limit: 100 } }), get("v1/webhooks")]);
    failure.replaceChildren();
    const focused = document.activeElement?.dataset?.letter;
    fill(waiting.body, 3, Object.entries(outbox.waiting).map(([name, backlog]) => row(name, backlog.entries, moment(backlog.oldest))));
    fill(dead.body, 6, outbox.deadLetters.map(letter));
    if (focused) dead.body.querySelector(`[data-letter="${CSS.escape(focused)}"]`)?.focus();
    fill(hooks.body, 4, webhooks.map((hook) => row(hook.url, hook.reason ? `${hook.state}: ${hook.reason}` : hook.state, hook.waiting, hook.deadLetters)));
    all.disabled = !outbox.deadLetters.length;
  }

  function fill(body, columns, rows) {
    body.replaceChildren(...(rows.length ? rows : [element("tr", {}, element("td", { colSpan: columns }, "None."))]));
  }

  function letter(entry) {
    const again = element("button", { type: "button", "aria-label": `Deliver event ${entry.id} again`, click: () => replay({ ids: [entry.id] }) }, "Deliver again");
    again.dataset.letter = entry.id;
    const line = row(moment(entry.failedAt), `${entry.event} (${entry.dialect})`, entry.recipient, entry.attempts, entry.reason, again);
    line.cells[4].className = "long";
    return line;
  }

  async function replay(json) {
    try {
      const { replayed } = await (await send("POST", "v1/outbox/replay", { json })).json();
      report(`${replayed} events are delivered again.`);
      await load();
    } catch (error) {
      failure.replaceChildren(problem(error));
    }
  }

  main.append(failure, waiting.wrapper, element("h2", {}, "Dead letters"), element("p", {}, all), dead.wrapper,
    element("h2", {}, "Webhooks"), hooks.wrapper);
  return repeat(5000, load, (error) => failure.replaceChildren(problem(error)));
}
