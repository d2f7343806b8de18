// What the flows in this folder are written with. A flow is a file that calls `flow(async client => { … })`; it runs once the
// page has loaded, and the page ends when it returns or throws.

/** Hands a line of JSON to whoever started the browser. */
const report = line => fetch("/report", { method: "POST", body: JSON.stringify(line) });

class Client {
    /** @param setup {base, parameters: {…}}: where the service is, and what the test gave. */
    constructor(setup) {
        this.base = setup.base;
        this.parameters = setup.parameters;
    }

    /** Prints a line of JSON. */
    say(line) {
        return report({ say: line });
    }

    /** A file that the test gave, as an input element would give it. */
    async file(name) {
        const answer = await fetch(`/files/${name}`);
        return new File([await answer.blob()], answer.headers.get("X-File-Name"), {
            type: answer.headers.get("Content-Type"),
        });
    }

    /**
     * Sends a form by XMLHttpRequest, in the order of `parts` ([name, value] each).
     * Returns {status, body, progress}: the body parsed as JSON, and what each progress event said, {loaded, total}.
     */
    upload(path, parts, headers = {}, method = "POST") {
        const form = new FormData();
        for (const [name, value] of parts) form.append(name, value);
        return new Promise((resolve, reject) => {
            const request = new XMLHttpRequest();
            const progress = [];
            request.upload.onprogress = ({ loaded, total }) => progress.push({ loaded, total });
            request.onload = () => resolve({ status: request.status, body: JSON.parse(request.responseText), progress });
            request.onerror = () => reject(new Error(`the browser refused ${method} ${path}`));
            request.open(method, this.base + path);
            for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
            request.send(form);
        });
    }

    /** A call with a JSON body, if any. Returns {status, body}. */
    async call(method, path, headers = {}, json = undefined) {
        const body = json === undefined ? undefined : JSON.stringify(json);
        if (body) headers = { "Content-Type": "application/json", ...headers };
        const answer = await fetch(this.base + path, { method, headers, body });
        return { status: answer.status, body: await answer.json() };
    }

    /** A socket of the socket.io client, connected; `auth` is its handshake. Throws when it is refused. */
    async connect(path, auth = {}, options = {}) {
        const socket = io(this.base, { path, auth, forceNew: true, reconnection: false, ...options });
        this.listen(socket);
        await new Promise((resolve, reject) => {
            socket.once("connect", resolve);
            socket.once("connect_error", reject);
        });
        return socket;
    }

    /** Keeps every event of `socket`, so that `next` finds what came before it was called. */
    listen(socket) {
        socket.seen = [];
        socket.waiting = [];
        socket.onAny((event, data) => {
            const index = socket.waiting.findIndex(waiting => waiting.event === event);
            if (index < 0) socket.seen.push({ event, data });
            else socket.waiting.splice(index, 1)[0].resolve(data);
        });
    }

    /** The data of the next event of that name that was not taken yet. */
    next(socket, event) {
        const index = socket.seen.findIndex(seen => seen.event === event);
        if (index >= 0) return Promise.resolve(socket.seen.splice(index, 1)[0].data);
        return new Promise(resolve => socket.waiting.push({ event, resolve }));
    }

    /** Whether the browser can show the picture at that address. Returns its {width, height}. */
    async picture(url) {
        const image = new Image();
        image.src = url;
        await image.decode();
        return { width: image.naturalWidth, height: image.naturalHeight };
    }
}

const flow = work =>
    window.addEventListener("load", async () => {
        try {
            await work(new Client(await (await fetch("/setup")).json()));
            await report({ done: true });
        } catch (error) {
            await report({ failed: `${error} ${error.stack ?? ""}` });
        }
    });
