// Jobs that make previews of stored media again, register objects as media, delete users with their media, or files that have expired.

import { get, send } from "./api.js";
import { choices, element, field, moment, problem, repeat, report, row, table } from "./elements.js";

export const title = "Jobs";

export function show(main) {
  const prefix = element("input", { name: "prefix", placeholder: "all", autocomplete: "off", spellcheck: false });
  const kind = choices("kind", [["", "all"], ["image", "pictures"], ["video", "videos"], ["audio", "sounds"]]);
  const failure = element("div");
  const { wrapper, body } = table("Jobs, the newest first", [
    ["Begun"], ["State"], ["Media", true], ["Done", true], ["Failed", true], ["Of"], ["Action"]]);
  let focused = null;

  async function load() {
    const { jobs } = await get("v1/jobs", { query: { limit: 50 } });
    failure.replaceChildren();
    focused = document.activeElement?.dataset?.job;
    body.replaceChildren(...jobs.map(line));
    if (focused) body.querySelector(`[data-job="${CSS.escape(focused)}"]`)?.focus();
    if (!jobs.length) body.append(element("tr", {}, element("td", { colSpan: 7 }, "There are no jobs.")));
  }

  function line(job) {
    const { total, done, unchanged, skipped, failed } = job.counts;
    const isOpen = !job.endedAt;
    const cancel = isOpen ? element("button", { type: "button", "aria-label": `Cancel job ${job.id}`, click: async () => {
      await attempt(() => send("DELETE", `v1/jobs/${encodeURIComponent(job.id)}`), "The job was cancelled.");
    } }, "Cancel") : null;
    if (cancel) cancel.dataset.job = job.id;
    const scope = [job.type === "import" ? "import" : "", job.order.user ? `all of user ${job.order.user}` : "", job.order.expired ? `expired: ${Object.keys(job.order.expired).join(", ")}` : "", job.order.prefix ? `below ${job.order.prefix}` : "", job.order.kind ?? "", job.order.keys ? `${job.order.keys} keys` : ""].filter(Boolean).join(", ");
    return row(moment(job.createdAt), job.state, total, done + unchanged + skipped, failed, scope || "all media", cancel ?? "–");
  }

  async function attempt(step, text) {
    try {
      await step();
      report(text);
      await load();
    } catch (error) {
      failure.replaceChildren(problem(error));
    }
  }

  main.append(
    element("form", { className: "row", submit: (event) => {
      event.preventDefault();
      const json = { type: "reprocess", ...(prefix.value ? { prefix: prefix.value } : {}), ...(kind.value ? { kind: kind.value } : {}) };
      attempt(() => send("POST", "v1/jobs", { json }), "The job has begun.");
    } }, field("Keys that begin with", prefix), field("Kind", kind), element("button", { className: "main" }, "Make previews again")),
    failure, wrapper);
  return repeat(3000, load, (error) => failure.replaceChildren(problem(error)));
}
