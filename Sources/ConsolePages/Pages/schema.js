// Schemas (JSON Schema) as lists of members, and the texts of descriptions.

import { element } from "./elements.js";

/** A text with `code` and links as elements. */
export function prose(text) {
  return (text ?? "").split(/(`[^`]+`|\[[^\]]+\]\(https?:[^)\s]+\))/).filter(Boolean).map((part) => {
    if (part.startsWith("`") && part.length > 2) return element("code", {}, part.slice(1, -1));
    const link = /^\[([^\]]+)\]\((https?:[^)\s]+)\)$/.exec(part);
    return link ? element("a", { href: link[2], rel: "noreferrer" }, link[1]) : part;
  });
}

/** What a reference in a document leads to. */
export function resolve(root, value) {
  let found = value;
  for (let step = 0; found?.$ref && step < 10; step += 1) {
    found = found.$ref.slice(2).split("/").reduce((at, name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], root);
  }
  return found ?? {};
}

/** The name of what a schema refers to; nothing where it is written out. */
function nameOf(schema) {
  return schema?.$ref?.split("/").at(-1);
}

/** The alternatives of a schema without `null`, which is said in its type. */
function alternatives(schema) {
  return (schema.anyOf ?? schema.oneOf ?? []).filter((one) => one.type !== "null");
}

/** A line about the type of a value and what it may be. */
export function typeOf(schema) {
  if (schema.$ref) return nameOf(schema);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const types = [schema.type ?? (schema.properties ? "object" : "any value")].flat();
  const texts = [types.map((type) => (type === "array" && schema.items && !Array.isArray(schema.items) ? `array of ${typeOf(schema.items)}` : type)).join(" or ")];
  if (schema.enum) texts.push(schema.enum.map((value) => JSON.stringify(value)).join(", "));
  if (schema.format) texts.push(schema.format);
  const ranges = [["minimum", "≥"], ["maximum", "≤"], ["minLength", "length ≥"], ["maxLength", "length ≤"], ["minItems", "elements ≥"], ["maxItems", "elements ≤"]];
  for (const [key, sign] of ranges) if (key in schema) texts.push(`${sign} ${schema[key].toLocaleString()}`);
  if (schema.pattern) texts.push(`as ${schema.pattern}`);
  if ("default" in schema) texts.push(`default ${JSON.stringify(schema.default)}`);
  return texts.join(", ");
}

/** The members of a value as items of a list. */
function membersOf(schema, root) {
  const whole = resolve(root, schema);
  const items = Object.entries(whole.properties ?? {}).map(([name, member]) =>
    item(name, member, root, (whole.required ?? []).includes(name) ? "required" : "optional"));
  if (Array.isArray(whole.items)) items.push(...whole.items.map((one, place) => item(`${place + 1}.`, one, root)));
  else if (whole.items && hasMembers(whole.items, root)) items.push(...membersOf(whole.items, root));
  if (typeof whole.additionalProperties === "object" && Object.keys(whole.additionalProperties).length > 0) {
    items.push(item("any name", whole.additionalProperties, root));
  }
  const choices = alternatives(whole);
  if (choices.length === 1) items.push(...membersOf(choices[0], root));
  else items.push(...choices.filter((one) => hasMembers(one, root)).map((one, place) => item(`alternative ${place + 1}`, one, root)));
  return items;
}

function hasMembers(schema, root, depth = 0) {
  const whole = resolve(root, schema);
  if (depth > 5) return false;
  return Boolean(whole.properties) || Array.isArray(whole.items) || typeof whole.additionalProperties === "object" && Object.keys(whole.additionalProperties).length > 0
    || Boolean(whole.items) && hasMembers(whole.items, root, depth + 1) || alternatives(whole).some((one) => hasMembers(one, root, depth + 1));
}

/** A member; its own members are made when it is opened, as a schema may refer to itself. */
function item(name, schema, root, need) {
  const text = schema.description ?? resolve(root, schema).description;
  const line = [element("code", { className: "name" }, name), " ", element("span", { className: "kind" }, typeOf(schema), need ? `, ${need}` : ""), ...(text ? [" – ", ...prose(text)] : [])];
  if (!hasMembers(schema, root)) return element("li", {}, line);
  const details = element("details", {
    toggle: () => { if (details.open && !details.querySelector("ul")) details.append(element("ul", {}, membersOf(schema, root))); },
  }, element("summary", {}, line));
  return element("li", {}, details);
}

/** A schema as a list. */
export function schemaList(schema, root) {
  const members = membersOf(schema, root);
  const text = resolve(root, schema).description;
  return element("ul", { className: "schema" },
    element("li", {}, element("span", { className: "kind" }, typeOf(schema)), text ? [" – ", ...prose(text)] : null, members.length > 0 ? element("ul", {}, members) : null));
}
