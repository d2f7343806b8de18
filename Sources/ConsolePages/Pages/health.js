// How the node is: its stores, its workers, and its figures.

import { get, send } from "./api.js";
import { bytes, element, problem, repeat, row, table } from "./elements.js";

export const title = "Health";

// The figures that are shown, by metric; a metric with labels is summed.
const figures = [
  ["darkroom_uploads_in_flight", "Uploads in flight"],
  ["darkroom_workers", "Workers"],
  ["darkroom_inspections_running", "Inspections running"],
  ["darkroom_inspections_waiting", "Inspections waiting"],
  ["darkroom_workers_lost_total", "Workers lost"],
  ["darkroom_sockets", "Sockets"],
  ["darkroom_http_connections", "Connections"],
  ["darkroom_outbox_entries", "Events waiting"],
  ["darkroom_outbox_dead_letters", "Dead letters"],
  ["darkroom_jobs_open", "Jobs open"],
  ["darkroom_rejections_total", "Responses with an error"],
  ["darkroom_database_bytes", "Database", bytes],
  ["process_resident_memory_bytes", "Memory", bytes],
  ["process_open_fds", "Open files"],
];

export function show(main) {
  const failure = element("div");
  const checks = table("What the service needs", [["Part"], ["State"]]);
  const tiles = element("ul", { className: "tiles" });
  const errors = table("Responses with an error, by code", [["Code"], ["Responses", true]]);
  const routes = table("Routes with the most requests", [["Route"], ["Requests", true], ["Mean, ms", true]]);

  async function load() {
    const [readiness, text] = await Promise.all([
      get("readyz", { also: [503] }), send("GET", "metrics").then((response) => response.text())]);
    const metrics = parse(text);
    failure.replaceChildren();
    checks.body.replaceChildren(...Object.entries(readiness).map(([name, value]) => {
      const isBad = value === false || /fail|unavail|error|down|not/i.test(String(value));
      return row(name, element("span", { className: isBad ? "bad" : "good" }, typeof value === "object" ? JSON.stringify(value) : String(value)));
    }));
    tiles.replaceChildren(...figures.filter(([name]) => metrics.has(name)).map(([name, label, shown]) => {
      const sum = metrics.get(name).reduce((total, sample) => total + sample.value, 0);
      return element("li", {}, element("span", { className: "value" }, shown ? shown(sum) : sum.toLocaleString()), label);
    }));
    errors.body.replaceChildren(...largest(metrics.get("darkroom_rejections_total") ?? [])
      .map((sample) => row(sample.labels.code, sample.value)));
    routes.body.replaceChildren(...largest(metrics.get("darkroom_http_request_duration_seconds_count") ?? []).map((sample) => {
      const sum = metrics.get("darkroom_http_request_duration_seconds_sum")
        .find(({ labels }) => labels.route === sample.labels.route && labels.method === sample.labels.method);
      return row(`${sample.labels.method} ${sample.labels.route}`, sample.value, Math.round((1e4 * sum.value) / sample.value) / 10);
    }));
  }

  main.append(failure, checks.wrapper, element("h2", {}, "Now"), tiles, element("h2", {}, "Since it was started"), routes.wrapper,
    element("h2", {}, "Errors"), errors.wrapper);
  return repeat(3000, load, (error) => failure.replaceChildren(problem(error)));
}

function largest(samples) {
  return samples.filter(({ value }) => value > 0).sort((one, other) => other.value - one.value).slice(0, 12);
}

/** The samples of Prometheus's text format, by metric. */
function parse(text) {
  const metrics = new Map();
  for (const line of text.split("\n")) {
    const [, name, labels, value] = line.match(/^(\w+)(?:\{(.*)\})? (\S+)$/) ?? [];
    if (!name) continue;
    const pairs = [...(labels ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    if (!metrics.has(name)) metrics.set(name, []);
    metrics.get(name).push({ labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return metrics;
}
