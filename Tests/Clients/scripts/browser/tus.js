// A page uploads a file by tus, on its own, as far as `stopAt`: a request is broken off on the way, if it is not over before the browser
// says that it is going on, and the page asks with HEAD where to go on.
// With `upload`, the path of an upload that was begun before, it continues that, and says what the upload has become.
flow(async client => {
    const { token, path, metadata, upload, stopAt } = client.parameters;
    const headers = { Authorization: `Bearer ${token}`, "Tus-Resumable": "1.0.0" };
    const file = await client.file("file");
    const stop = Math.min(stopAt ? Number(stopAt) : file.size, file.size);
    let place = upload;
    if (!place) {
        const pairs = Object.entries(JSON.parse(metadata)).map(([key, value]) => `${key} ${btoa(value)}`);
        const created = await fetch(client.base + path, {
            method: "POST",
            headers: { ...headers, "Upload-Length": file.size, "Upload-Metadata": pairs.join(",") },
        });
        if (created.status !== 201) throw new Error(`${created.status} ${await created.text()}`);
        place = new URL(created.headers.get("Location")).pathname;
    }
    const url = client.base + place;
    const ask = async () => {
        for (;;) {
            const answer = await fetch(url, { method: "HEAD", headers });
            if (answer.status === 200) return answer;
            if (![423, 503].includes(answer.status)) throw new Error(`HEAD ${answer.status}`);
        }
    };
    const send = (from, to, breaksOff) =>
        new Promise((resolve, reject) => {
            const request = new XMLHttpRequest();
            if (breaksOff) request.upload.onprogress = ({ loaded }) => loaded > 0 && request.abort();
            request.onload = () => {
                if (request.status !== 204) return reject(new Error(`PATCH ${request.status} ${request.responseText}`));
                resolve();
            };
            request.onabort = resolve;
            request.onerror = () => reject(new Error("the browser refused PATCH"));
            request.open("PATCH", url);
            const fields = { ...headers, "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" };
            for (const [name, value] of Object.entries(fields)) request.setRequestHeader(name, value);
            request.send(file.slice(from, to));
        });
    let answer = await ask();
    let offset = Number(answer.headers.get("Upload-Offset"));
    const from = offset;
    for (let first = true; offset < stop; first = false) {
        await send(offset, first ? stop : Math.min(offset + (2 << 20), stop), first);
        answer = await ask();
        offset = Number(answer.headers.get("Upload-Offset"));
    }
    const status = await fetch(url, { headers });
    await client.say({
        place,
        from,
        offset,
        message: answer.headers.get("Darkroom-Message"),
        status: status.status,
        answer: await status.json(),
    });
});
