// Ann uploads a picture from the page and sends it to the chat; Bob's socket is told, and the page can show it. Then she does
// the same as ImageKit's own client would: with an upload token instead of her own.
flow(async client => {
    const { chat, ann, bob } = client.parameters;
    const [sender, receiver] = [
        await client.connect("/imagekit/socket.io", { token: ann }),
        await client.connect("/imagekit/socket.io", { token: bob }),
    ];
    for (const socket of [sender, receiver]) {
        socket.emit("join_chat", { chatId: chat });
        await client.next(socket, "join_chat_success");
    }
    const authorization = { Authorization: `Bearer ${ann}` };
    const send = async data => {
        sender.emit("send_media", { chatId: chat, messageType: "image", media: data });
        const sent = await client.next(sender, "send_media_success");
        const told = await client.next(receiver, "media_received");
        await client.say({ sent, told, picture: await client.picture(told.media.url) });
    };

    const picture = await client.file("picture");
    const uploaded = await client.upload(
        "/imagekit/api/media/upload-chat-media", [["file", picture], ["chatId", chat]], authorization);
    await client.say({ uploaded });
    await send(uploaded.body.data);

    const token = (await client.call("GET", "/imagekit/api/media/get-upload-token", authorization)).body.data;
    const direct = await client.upload("/imagekit/api/v1/files/upload", [
        ["file", picture], ["fileName", picture.name], ["publicKey", token.publicKey], ["signature", token.signature],
        ["expire", token.expire], ["token", token.token],
    ]);
    await client.say({ uploaded: direct });
    await send({ fileId: direct.body.fileId, url: direct.body.url });
});
