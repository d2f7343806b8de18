// Uploads with progress, which can be paused and continue after the page, the connection or the service was lost.

import { get, session } from "./api.js";
import { bytes, choices, element, field } from "./elements.js";
import { card } from "./media.js";
import { ResumableUpload } from "./resumable.js";

export const title = "Uploads";

// They go on while another view is shown.
const list = element("ul", { className: "list" });

export function show(main) {
  const owner = element("input", { name: "owner", value: "console", required: true, autocomplete: "off", spellcheck: false });
  const kind = choices("kind", [["", "as its content says"], ["video", "video"], ["voice", "voice"], ["image", "picture"], ["document", "document"]]);
  const files = element("input", { type: "file", multiple: true, change: () => { add([...files.files]); files.value = ""; } });

  function add(chosen) {
    if (!owner.reportValidity()) return;
    for (const file of chosen) list.prepend(item(file, owner.value.trim(), kind.value));
  }

  const drop = element("div", {
    className: "drop",
    dragover: (event) => { event.preventDefault(); drop.classList.add("over"); },
    dragleave: () => drop.classList.remove("over"),
    drop: (event) => { event.preventDefault(); drop.classList.remove("over"); add([...event.dataTransfer.files]); },
  }, element("form", { className: "row", submit: (event) => event.preventDefault() },
    field("Owner", owner), field("Kind", kind), field("Files", files)),
  element("p", { className: "muted" }, "Or drop files here. An upload that was interrupted continues when the same file is chosen again."));
  main.append(drop, list);
}

function item(file, owner, kind) {
  const state = element("p", { role: "status" });
  const bar = element("progress", { max: Math.max(file.size, 1), value: 0, "aria-label": `Progress of ${file.name}` });
  const pause = element("button", { type: "button", click: () => (controller ? stop() : start()) }, "Pause");
  const cancel = element("button", { type: "button", click: end }, "Cancel");
  const actions = element("p", { className: "actions" }, pause, cancel);
  const made = element("li", { className: "panel" }, element("p", { className: "name" }, `${file.name} (${bytes(file.size)})`), bar, state, actions);
  const upload = new ResumableUpload(file, { owner, kind }, (sent, text) => {
    bar.value = sent;
    // Told at each tenth alone, so that it is not read out all the time.
    const tenth = Math.floor((10 * sent) / Math.max(file.size, 1)) * 10;
    const told = text || `${tenth} %`;
    if (state.textContent !== told) state.textContent = told;
  });
  let controller = null;

  function stop() {
    controller.abort();
    controller = null;
    pause.textContent = "Continue";
    state.textContent = "Paused";
  }

  async function end() {
    controller?.abort();
    controller = null;
    made.remove();
    await upload.cancel().catch(() => {});
  }

  async function start() {
    const mine = controller = new AbortController();
    pause.textContent = "Pause";
    try {
      const medium = await upload.run(mine.signal);
      const shown = session.token ? card(await get(`v1/media/${encodeURIComponent(medium)}`)) : null;
      state.textContent = "Complete";
      actions.remove();
      if (shown) made.append(element("ul", { className: "grid" }, shown));
    } catch (error) {
      if (mine.signal.aborted) return;
      state.className = "error";
      state.textContent = `${error.message} (${error.code ?? error.name})`;
      pause.remove();
      cancel.textContent = "Remove";
    }
  }
  start();
  return made;
}
