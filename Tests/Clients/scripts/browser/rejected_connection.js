// A client with a token that is not valid, which reconnects by itself as clients do: which events it receives, and whether it reconnects.
flow(async client => {
    for (const transport of ["polling", "websocket"]) {
        const socket = io(client.base, {
            path: "/bananatalk/socket.io",
            auth: { token: client.parameters.token },
            transports: [transport],
            forceNew: true,
            reconnectionDelay: 50,
            reconnectionDelayMax: 50,
        });
        const heard = [];
        for (const name of ["connect", "disconnect", "connect_error"]) socket.on(name, why => heard.push([name, String(why ?? "")]));
        socket.onAny((name, data) => heard.push([name, data.message]));
        let attempts = 0;
        socket.io.on("reconnect_attempt", () => attempts++);
        await new Promise(resolve => socket.once("disconnect", resolve));
        // A client that reconnects would have tried several times by now.
        await new Promise(resolve => setTimeout(resolve, 1000));
        await client.say({ transport, heard, attempts, connected: socket.connected, active: socket.active });
        socket.close();
    }
});
