// An upload that continues where it was, by tus 1.0.0 (https://tus.io/protocols/resumable-upload).

import { APIError, errorOf, headers, url } from "./api.js";

const chunkSize = 8 << 20;
const longestPause = 30_000;
const version = { "Tus-Resumable": "1.0.0" };

/** Where the upload of this file of this owner was begun before, in this browser. */
function memory(file, owner) {
  const key = `darkroom-upload:${owner}:${file.name}:${file.size}:${file.lastModified}`;
  return {
    get id() { return localStorage.getItem(key); },
    set id(value) {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    },
  };
}

/** Base64 of a text as UTF-8. */
function encode(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

export class ResumableUpload {
  /** `told` is called with the bytes that have arrived, and a text where it waits for the service. */
  constructor(file, { owner, kind }, told) {
    Object.assign(this, { file, owner, kind, told, memory: memory(file, owner) });
  }

  /** Sends what has not arrived yet; returns the ID of the medium. Ends with an AbortError when `signal` is aborted. */
  async run(signal) {
    for (let failures = 0; ;) {
      try {
        let offset = this.memory.id ? await this.offset(signal) : await this.create(signal);
        while (this.medium === undefined) {
          offset = await this.append(offset, signal);
          failures = 0;
        }
        this.memory.id = null;
        return this.medium;
      } catch (error) {
        signal.throwIfAborted();
        if (!this.mayContinue(error)) {
          // After another login it goes on where it was.
          if (![401, 403].includes(error.status)) this.memory.id = null;
          throw error;
        }
        failures += 1;
        const delay = Math.min(500 * 2 ** failures, longestPause);
        this.told(this.sent ?? 0, `${error.message} Continues in ${Math.ceil(delay / 1000)} s.`);
        await pause(delay, signal);
      }
    }
  }

  /** Ends the upload; what has arrived is deleted. */
  async cancel() {
    const { id } = this.memory;
    this.memory.id = null;
    if (id) await fetch(url(`v1/tus/${id}`), { method: "DELETE", headers: { ...headers(this.owner), ...version } });
  }

  mayContinue(error) {
    return !(error instanceof APIError) || [0, 408, 409, 423, 429].includes(error.status) || error.status >= 500;
  }

  async create(signal) {
    const metadata = [["filename", this.file.name], ["filetype", this.file.type], ["kind", this.kind]]
      .filter(([, value]) => value).map(([key, value]) => `${key} ${encode(value)}`).join(",");
    const response = await fetch(url("v1/tus"), {
      method: "POST", signal, headers: { ...headers(this.owner), ...version, "Upload-Length": String(this.file.size), "Upload-Metadata": metadata },
    });
    if (!response.ok) throw await errorOf(response);
    this.memory.id = response.headers.get("Location").split("/").pop();
    return 0;
  }

  /** How far the upload is; it begins again where the service does not know it any more. */
  async offset(signal) {
    const response = await fetch(url(`v1/tus/${this.memory.id}`), { method: "HEAD", signal, headers: { ...headers(this.owner), ...version } });
    if ([404, 410].includes(response.status)) {
      this.memory.id = null;
      return this.create(signal);
    }
    if (!response.ok) throw new APIError(response.status, "unknown", `The service answers ${response.status}.`);
    this.medium = response.headers.get("Darkroom-Media") ?? undefined;
    return Number(response.headers.get("Upload-Offset"));
  }

  /** Sends a part. By XMLHttpRequest, which tells how much has been sent. */
  append(offset, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PATCH", url(`v1/tus/${this.memory.id}`));
      const fields = { ...headers(this.owner), ...version, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
      for (const [name, value] of Object.entries(fields)) request.setRequestHeader(name, value);
      const abort = () => request.abort();
      signal.addEventListener("abort", abort, { once: true });
      request.upload.onprogress = (event) => {
        this.sent = offset + event.loaded;
        this.told(this.sent, this.sent >= this.file.size ? "Is being validated" : "");
      };
      request.onloadend = async () => {
        signal.removeEventListener("abort", abort);
        if (signal.aborted) return reject(signal.reason);
        if (request.status === 0) return reject(new APIError(0, "unreachable", "The connection was lost."));
        if (request.status !== 204) return reject(await errorOf(new Response(request.responseText || null, { status: request.status })));
        this.medium = request.getResponseHeader("Darkroom-Media") ?? undefined;
        this.sent = Number(request.getResponseHeader("Upload-Offset"));
        this.told(this.sent, "");
        resolve(this.sent);
      };
      request.send(this.file.slice(offset, offset + chunkSize));
    });
  }
}
