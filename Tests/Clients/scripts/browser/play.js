// Plays a file as a page shows it, until its first second has passed; says how large and how long the browser takes it for.
flow(async client => {
    const { url } = client.parameters;
    // Sounds, too: muted, a video element may play although no one has clicked.
    const player = document.createElement("video");
    player.muted = true;
    player.src = url;
    document.body.append(player);
    const failed = new Promise((_, reject) => {
        player.onerror = () => reject(new Error(`it cannot be played: ${player.error.message}`));
    });
    const played = new Promise(resolve => {
        player.ontimeupdate = () => player.currentTime >= Math.min(1, player.duration / 2) && resolve();
    });
    await player.play();
    await Promise.race([played, failed]);
    await client.say({ duration: player.duration, width: player.videoWidth, height: player.videoHeight });
});
