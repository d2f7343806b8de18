// A chat server with sockets of its own: Socket.IO for Node with @socket.io/redis-adapter, on a free port of the loopback interface.
//
// usage: NODE_PATH=FOLDER/node_modules node node_chat_server.js REDIS_URL
//
// A client's handshake names the rooms that it enters: {"rooms": [...]}. Prints {"port": N}. Each line of its input is
// {"emit": NAME, "data": …, "room": ROOM?, "except": ROOM?}; the input's end ends it.
const { createServer } = require("http");
const readline = require("readline");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

async function main(url) {
    const publisher = createClient({ url });
    const subscriber = publisher.duplicate();
    await Promise.all([publisher.connect(), subscriber.connect()]);
    const http = createServer();
    const server = new Server(http, { adapter: createAdapter(publisher, subscriber) });
    server.on("connection", (socket) => socket.join(socket.handshake.auth.rooms));
    http.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: http.address().port })));
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const { emit, data, room, except } = JSON.parse(line);
        let target = room ? server.to(room) : server;
        if (except) target = target.except(except);
        target.emit(emit, data);
    }
    process.exit(0);
}

main(process.argv[2]);
