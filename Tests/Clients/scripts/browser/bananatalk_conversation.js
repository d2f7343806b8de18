// A conversation of Ann and Bob on one page: a text, a voice message, a video, a reaction, a correction, a poll and a message that
// disappears. Each line says what was sent or done, and what the other one's socket was told.
flow(async client => {
    const { ann, bob } = client.parameters;
    const path = "/bananatalk/api/v1/messages";
    const socket = token => client.connect("/bananatalk/socket.io", { token }, { query: { deviceId: token.slice(-8) } });
    const [annSocket, bobSocket] = [await socket(ann), await socket(bob)];
    const call = (token, method, suffix, json) =>
        client.call(method, path + suffix, { Authorization: `Bearer ${token}` }, json);
    const upload = async (token, kind, receiver) => {
        const parts = [["receiver", receiver], [kind, await client.file(kind)]];
        return client.upload(`${path}/${kind}`, parts, { Authorization: `Bearer ${token}` });
    };

    const acknowledged = await new Promise(resolve =>
        annSocket.emit("sendMessage", { receiver: "bob", message: "I has a question" }, resolve));
    const text = await client.next(bobSocket, "newMessage");
    const confirmed = await client.next(annSocket, "messageSent");
    await client.say({ step: "text", acknowledged, told: text, confirmed });
    const id = text.message._id;

    const voice = await upload(bob, "voice", "ann");
    await client.say({ step: "voice", sent: voice, told: await client.next(annSocket, "newVoiceMessage") });
    const heard = await new Promise(resolve =>
        annSocket.emit("voiceMessageListened", { messageId: voice.body.data._id }, resolve));
    await client.say({ step: "listened", heard, told: await client.next(bobSocket, "voiceMessageListened") });

    const video = await upload(ann, "video", "bob");
    const shown = await client.next(bobSocket, "newMessage");
    const thumbnail = await client.picture(shown.message.media.thumbnail);
    await client.say({ step: "video", sent: video, told: shown, thumbnail });

    const reacted = await call(bob, "POST", `/${id}/reactions`, { emoji: "❤️" });
    await client.say({ step: "reaction", sent: reacted, told: await client.next(annSocket, "messageReaction") });

    const corrected = await call(bob, "POST", `/${id}/correct`, { correctedText: "I have a question", explanation: "verb" });
    const correction = await client.next(annSocket, "newCorrection");
    await client.say({ step: "correction", sent: corrected, told: correction });
    const accepted = await call(ann, "PUT", `/${id}/corrections/${correction.correction._id}/accept`);
    await client.say({ step: "accepted", sent: accepted, told: await client.next(bobSocket, "correctionAccepted") });

    const conversations = await client.call("GET", "/bananatalk/api/v1/conversations", { Authorization: `Bearer ${ann}` });
    const poll = await call(ann, "POST", "/poll", {
        conversationId: conversations.body.data[0]._id, question: "Which?", options: ["Go", "Rust"],
    });
    await client.say({ step: "poll", sent: poll, told: await client.next(bobSocket, "newPoll") });
    const voted = await call(bob, "POST", `/poll/${poll.body.data._id}/vote`, { optionIndex: 1 });
    await client.say({ step: "vote", sent: voted, told: await client.next(annSocket, "pollVoteUpdate") });
    const closed = await call(ann, "POST", `/poll/${poll.body.data._id}/close`);
    await client.say({ step: "closed", sent: closed, told: await client.next(bobSocket, "pollClosed") });

    const disappearing = await call(ann, "POST", "/disappearing", { receiver: "bob", message: "gone soon", destructTimer: 1 });
    await client.say({ step: "disappearing", sent: disappearing, told: await client.next(bobSocket, "newDisappearingMessage") });
    const triggered = await call(bob, "POST", `/${disappearing.body.data._id}/trigger-destruct`);
    await client.say({ step: "triggered", sent: triggered, told: await client.next(annSocket, "disappearingMessageRead") });
    const gone = [await client.next(annSocket, "messageAutoDeleted"), await client.next(bobSocket, "messageAutoDeleted")];
    const left = await call(bob, "GET", `/${disappearing.body.data._id}`);
    await client.say({ step: "gone", sent: left, told: gone[0], also: gone[1] });
});
