// Ann makes a room and sends a picture to it, and sees how far it is; Bob's socket says who it is, joins the room, is told once,
// and the page can show the thumbnail. Ann's client announces what it has sent, as clients do.
flow(async client => {
    const { sender, receiver } = client.parameters;
    const headers = { Authorization: `Bearer ${sender}` };
    const made = await client.call("POST", "/rooms/api/v1/chat/rooms", headers, {
        name: "Chat with Bob",
        type: "private",
        participants: ["ann", "bob"],
    });
    const chatRoomId = made.body.chatRoom._id;
    const enter = async (token, userId) => {
        const socket = await client.connect("/rooms/socket.io");
        socket.emit("authenticate", { token, userId });
        await client.next(socket, "authenticated");
        socket.emit("join_chat", { chatRoomId });
        await client.next(socket, "joined_chat");
        return socket;
    };
    const bob = await enter(receiver, "bob");
    const ann = await enter(sender, "ann");
    const sent = await client.upload(
        `/rooms/api/v1/chat/rooms/${chatRoomId}/messages/media`,
        [["file", await client.file("picture")], ["type", "image"]],
        headers,
    );
    await client.say({ sent });
    ann.emit("send_message", { chatRoomId, messageId: sent.body.data._id, type: "image" });
    ann.emit("typing_stop", { chatRoomId });
    await client.next(bob, "user_stop_typing");
    const told = await client.next(bob, "new_message");
    const again = bob.seen.filter(({ event }) => event === "new_message").length;
    await client.say({ told, again, thumbnail: await client.picture(told.message.mediaInfo.thumbnail) });
});
