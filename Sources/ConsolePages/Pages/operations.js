// What the descriptions say of requests (OpenAPI) and of events (AsyncAPI).

import { element, row, table } from "./elements.js";
import { prose, resolve, schemaList, typeOf } from "./schema.js";

const methods = ["get", "head", "post", "put", "patch", "delete", "options"];

/** The operations of a document, in groups: pairs of the group's name and its operations. */
export function groups(root) {
  const found = new Map();
  for (const operation of root.asyncapi ? events(root) : requests(root)) {
    if (!found.has(operation.group)) found.set(operation.group, []);
    found.get(operation.group).push(operation);
  }
  return [...found];
}

function requests(root) {
  const all = [];
  const add = (path, item, isWebhook) => {
    for (const method of methods) {
      const described = item[method];
      if (!described) continue;
      all.push({
        id: described.operationId, group: described.tags?.[0] ?? "Other", method: method.toUpperCase(), name: path,
        summary: described.summary, inside: () => request(described, root, isWebhook),
      });
    }
  };
  for (const [path, item] of Object.entries(root.paths ?? {})) add(path, item, false);
  for (const [name, item] of Object.entries(root.webhooks ?? {})) add(name, item, true);
  const order = (root.tags ?? []).map((tag) => tag.name);
  return all.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

function events(root) {
  return Object.entries(root.operations ?? {}).map(([id, described]) => {
    const message = resolve(root, described.messages[0]);
    const isSent = described.action === "send";
    return {
      id, group: isSent ? "The service sends" : "Clients send", method: isSent ? "sent" : "received", name: message.name,
      summary: described.summary, inside: () => event(described, message, root),
    };
  }).sort((a, b) => a.group.localeCompare(b.group));
}

function request(described, root, isWebhook) {
  const scheme = Object.keys(described.security?.[0] ?? {})[0];
  const access = isWebhook ? "The service sends this request." : scheme ? root.components.securitySchemes[scheme]?.description : "Needs no token.";
  return [
    described.description ? element("p", {}, prose(described.description)) : null,
    element("p", { className: "muted" }, prose(access ?? "")),
    ...parameters(described.parameters ?? [], root), ...body(described.requestBody, root), ...responses(described.responses ?? {}, root),
  ];
}

function parameters(list, root) {
  if (list.length === 0) return [];
  const { wrapper, body } = table("Parameters", [["Name"], ["In"], ["Value"], ["Meaning"]]);
  body.append(...list.map((entry) => {
    const parameter = resolve(root, entry);
    const made = row(element("code", {}, parameter.name), parameter.in, `${typeOf(parameter.schema ?? {})}${parameter.required ? ", required" : ""}`, element("span", {}, prose(parameter.description)));
    made.children[2].className = made.children[3].className = "meaning";
    return made;
  }));
  return [element("h3", {}, "Parameters"), wrapper];
}

function contents(content, root) {
  return Object.entries(content ?? {}).flatMap(([type, media]) =>
    [element("h4", {}, element("code", {}, type)), schemaList(media.schema ?? {}, root), ...Object.values(media.examples ?? {}).map(example)]);
}

/** A body as it was sent or received once. */
function example(recorded) {
  return element("details", { className: "example" }, element("summary", {}, "Example"),
    element("pre", { tabIndex: 0 }, JSON.stringify(recorded.value, null, 2)));
}

function body(described, root) {
  if (!described) return [];
  return [element("h3", {}, described.required ? "Body" : "Body, optional"), ...contents(resolve(root, described).content, root)];
}

function responses(described, root) {
  const parts = [element("h3", {}, "Responses")];
  const errors = [];
  for (const [status, entry] of Object.entries(described)) {
    const response = resolve(root, entry);
    if (response["x-error-codes"]) {
      errors.push(...meanings(response).map(([code, meaning]) => [status, code, meaning]));
      continue;
    }
    parts.push(element("h4", {}, status), element("p", {}, prose(response.description)));
    const fields = Object.keys(response.headers ?? {});
    if (fields.length > 0) parts.push(element("p", {}, "Header fields: ", fields.map((name, place) => [place > 0 ? ", " : "", element("code", {}, name)]).flat()));
    parts.push(...contents(response.content, root));
  }
  if (errors.length > 0) parts.push(...errorTable(errors, described, root));
  return parts;
}

/** The codes of a response with their meanings, which are its description: `code`: meaning. */
function meanings(response) {
  const text = response.description ?? "";
  const starts = response["x-error-codes"].map((code) => ({ code, at: text.indexOf(`\`${code}\`: `) })).sort((a, b) => a.at - b.at);
  return starts.map(({ code, at }, place) =>
    [code, at < 0 ? text : text.slice(at + code.length + 4, starts[place + 1]?.at).trim().replace(/\.$/, "")]);
}

function errorTable(errors, described, root) {
  const { wrapper, body } = table("Errors", [["Status"], ["Code"], ["Meaning"]]);
  body.append(...errors.map(([status, code, meaning]) => {
    const made = row(status, element("code", {}, code), element("span", {}, prose(meaning)));
    made.children[2].className = "meaning";
    return made;
  }));
  const content = Object.values(described).map((entry) => resolve(root, entry)).find((response) => response["x-error-codes"])?.content;
  return [element("h3", {}, "Errors"), wrapper, ...contents(content, root)];
}

function event(described, message, root) {
  const parts = [];
  if (message.headers) parts.push(element("h3", {}, "Header fields"), schemaList(message.headers, root));
  parts.push(element("h3", {}, "Data"), schemaList(message.payload ?? {}, root));
  for (const reference of described.reply?.messages ?? []) {
    parts.push(element("h3", {}, "Acknowledged with"), schemaList(resolve(root, reference).payload ?? {}, root));
  }
  return parts;
}
