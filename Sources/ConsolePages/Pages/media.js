// Media as people want to see them: the BlurHash first, then the preview; sound as its waveform.

import { get, send } from "./api.js";
import { draw } from "./blurhash.js";
import { bytes, choices, duration, element, field, moment, problem, report } from "./elements.js";

export const title = "Media";

export function show(main) {
  const owner = element("input", { name: "owner", autocomplete: "off", spellcheck: false });
  const kind = choices("kind", [["", "all"], ["image", "pictures"], ["video", "videos"], ["audio", "sounds"], ["document", "documents"]]);
  const list = element("ul", { className: "grid" });
  const more = element("button", { type: "button", hidden: true, click: () => load() }, "Show more");
  const note = element("p", { className: "muted", role: "status" });
  let [after, abort] = [null, new AbortController()];

  async function load() {
    more.disabled = true;
    const { signal } = abort;
    try {
      const page = await get("v1/media", { signal, query: { owner: owner.value.trim(), kind: kind.value, after, limit: 24 } });
      list.append(...page.media.map(card));
      after = page.moreAfter;
      more.hidden = !after;
      note.textContent = list.children.length ? "" : "There are no media here. Those that were uploaded with messages are in their chats.";
    } catch (error) {
      if (signal.aborted) return;
      note.replaceChildren(problem(error));
    } finally {
      more.disabled = false;
    }
  }

  function restart() {
    abort.abort();
    abort = new AbortController();
    [after, more.hidden] = [null, true];
    list.replaceChildren();
    load();
  }

  main.append(
    element("form", { className: "row", submit: (event) => { event.preventDefault(); restart(); } },
      field("Owner", owner), field("Kind", kind), element("button", {}, "Show")),
    note, list, element("p", {}, more));
  load();
  return () => abort.abort();
}

/** A medium of a list. */
export function card(medium) {
  const name = medium.originalName ?? medium.id;
  const size = medium.dimensions ? `${medium.dimensions.width} × ${medium.dimensions.height}, ` : "";
  const length = medium.duration ? `${duration(medium.duration)}, ` : "";
  const sound = medium.kind === "audio"
    ? element("audio", { controls: true, preload: "none", src: medium.url, "aria-label": `Sound: ${name}` }) : null;
  const item = element("li", { className: "card" }, preview(medium, name, sound),
    element("div", { className: "text" },
      element("p", { className: "name" }, name),
      element("p", { className: "muted" }, `${medium.kind}, ${size}${length}${bytes(medium.fileSize)}`),
      element("p", { className: "muted" }, `of ${medium.owner}, `, moment(medium.createdAt)),
      sound,
      element("p", {}, element("button", { type: "button", "aria-label": `Details of ${name}`, click: () => details(medium, name, item) }, "Details"))));
  return item;
}

function preview(medium, name, sound) {
  const picture = element("div", { className: "picture" });
  if (sound && medium.waveform) {
    picture.append(waveform(medium.waveform, sound));
    return picture;
  }
  const canvas = element("canvas", { "aria-hidden": "true" });
  if (medium.blurHash && draw(medium.blurHash, canvas)) picture.append(canvas);
  if (medium.thumbnail) {
    const image = element("img", { src: medium.thumbnail, alt: `Preview of ${name}`, loading: "lazy", decoding: "async" });
    // A transparent picture would show the BlurHash behind it.
    image.addEventListener("load", () => canvas.remove());
    picture.append(image);
  } else {
    const word = medium.thumbnailAbsence ? `no preview (${medium.thumbnailAbsence})` : medium.mimeType;
    picture.append(element("span", { className: "word" }, word));
  }
  return picture;
}

/** The waveform of a sound. What was played is coloured; a click goes to its place. The controls of the sound do the same by keyboard. */
function waveform(peaks, sound) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", `0 0 ${peaks.length * 3} 100`);
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("class", "waveform");
  drawing.setAttribute("aria-hidden", "true");
  const bars = peaks.map((peak, index) => {
    const height = Math.max(peak * 100, 2);
    const bar = document.createElementNS(space, "rect");
    const place = { x: index * 3, y: (100 - height) / 2, width: 2, height };
    for (const [key, value] of Object.entries(place)) bar.setAttribute(key, value);
    drawing.append(bar);
    return bar;
  });
  sound.addEventListener("timeupdate", () => {
    const played = (sound.currentTime / sound.duration) * bars.length;
    bars.forEach((bar, index) => bar.classList.toggle("played", index < played));
  });
  drawing.addEventListener("click", async (event) => {
    const area = drawing.getBoundingClientRect();
    const place = (event.clientX - area.left) / area.width;
    await sound.play();
    if (Number.isFinite(sound.duration)) sound.currentTime = place * sound.duration;
  });
  return drawing;
}

function details(medium, name, item) {
  const rows = {
    ID: medium.id, Owner: medium.owner, Kind: medium.kind, Type: medium.mimeType, Size: bytes(medium.fileSize),
    Dimensions: medium.dimensions ? `${medium.dimensions.width} × ${medium.dimensions.height}` : null,
    Duration: medium.duration ? duration(medium.duration) : null, "SHA-256": medium.sha256,
    Created: moment(medium.createdAt), Preview: medium.thumbnailAbsence ? `none: ${medium.thumbnailAbsence}` : null,
  };
  const original = medium.kind === "video" ? element("video", { src: medium.url, controls: true, preload: "metadata", "aria-label": name })
    : medium.kind === "image" ? element("img", { src: medium.url, alt: name }) : null;
  const remove = element("button", {
    type: "button", click: async () => {
      if (!confirm(`Delete ${name}? This cannot be undone.`)) return;
      try {
        await send("DELETE", `v1/media/${encodeURIComponent(medium.id)}`);
        dialog.close();
        item.remove();
        report(`${name} was deleted.`);
      } catch (error) {
        dialog.append(problem(error));
      }
    },
  }, "Delete");
  const dialog = element("dialog", { "aria-label": name, close: () => dialog.remove() },
    element("h2", {}, name), original,
    element("dl", {}, Object.entries(rows).filter(([, value]) => value).flatMap(([key, value]) => [element("dt", {}, key), element("dd", {}, value)])),
    element("p", { className: "actions" },
      element("a", { className: "button", href: medium.url, target: "_blank", rel: "noreferrer" }, "Open the file"), remove,
      element("button", { type: "button", click: () => dialog.close() }, "Close")));
  document.body.append(dialog);
  dialog.showModal();
}
