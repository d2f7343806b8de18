// What the node does that answers this page, as it happens.

import { send } from "./api.js";
import { element, moment, problem, row, table } from "./elements.js";

export const title = "Activity";

const shown = 300;

export function show(main) {
  const state = element("p", { className: "muted", role: "status" }, "Connecting");
  const pause = element("button", { type: "button", "aria-pressed": "false", click: () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    pause.textContent = isPaused ? "Continue" : "Pause";
  } }, "Pause");
  const { wrapper, body } = table("Requests and events of this node, the newest first", [["Time"], ["What"], ["Result"], ["Time taken, ms", true], ["Details"]]);
  main.append(element("p", { className: "actions" }, pause), state, wrapper);
  const controller = new AbortController();
  let isPaused = false;

  function add(entry) {
    if (isPaused) return;
    const cells = entry.type === "request"
      ? [`${entry.method} ${entry.route}`, result(entry), entry.milliseconds, `request ${entry.requestId}`]
      : [`${entry.event} (${entry.dialect})`, "sent", null, `to ${entry.recipient}${entry.message ? `, message ${entry.message}` : ""}`];
    body.prepend(row(moment(entry.at), ...cells));
    while (body.children.length > shown) body.lastChild.remove();
  }

  async function watch() {
    let last = 0;
    while (!controller.signal.aborted) {
      try {
        const response = await send("GET", "v1/activity", { signal: controller.signal });
        state.textContent = "Shows what happens, as it happens.";
        // Another process counts from 1 again.
        let isFirst = true;
        for await (const entry of entries(response.body)) {
          if (isFirst && entry.number < last) last = 0;
          isFirst = false;
          if (entry.number > last) add(entry);
          last = Math.max(last, entry.number);
        }
      } catch (error) {
        if (controller.signal.aborted) return;
        state.replaceChildren(problem(error));
        if (error.status === 401) return;
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  watch();
  return () => controller.abort();
}

function result(entry) {
  return element("span", { className: entry.status < 400 ? "good" : "bad" }, entry.code ? `${entry.status} ${entry.code}` : String(entry.status));
}

/** The entries of a stream of server-sent events: each is one line of data. */
async function* entries(stream) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}
