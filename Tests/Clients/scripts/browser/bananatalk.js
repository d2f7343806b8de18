// Ann sends Bob a video from the page, and sees how far it is; Bob's socket is told, and the page can show the thumbnail.
flow(async client => {
    const { sender, receiver } = client.parameters;
    const socket = await client.connect("/bananatalk/socket.io", { token: receiver });
    const sent = await client.upload(
        "/bananatalk/api/v1/messages/video",
        [["receiver", "bob"], ["video", await client.file("video")]],
        { Authorization: `Bearer ${sender}` },
    );
    await client.say({ sent });
    const told = await client.next(socket, "newMessage");
    await client.say({ told, thumbnail: await client.picture(told.message.media.thumbnail) });
});
