// Drives the client that openapi-generator makes: the flow of generated_clients.py.
import { Configuration, DirectoryApi, JobsApi, MediaApi, ResponseError, WebhooksApi } from "./client";

declare const process: { argv: string[]; exit(status: number): never };
declare function require(name: "fs"): { readFileSync(path: string): Uint8Array };

function check(holds: boolean, what: string): void {
    if (!holds) throw new Error(what);
}

async function drive(base: string, token: string, file: string): Promise<void> {
    const configuration = new Configuration({ basePath: base, accessToken: token });
    const directory = new DirectoryApi(configuration);
    const media = new MediaApi(configuration);
    const webhooks = new WebhooksApi(configuration);
    const jobs = new JobsApi(configuration);

    const user = await directory.putUser({ id: "alice", putUserRequest: { name: "Alice" } });
    check(user.id === "alice" && user.name === "Alice", "the user");
    const conversation = await directory.putConversation({
        id: "c1", putConversationRequest: { dialect: "rooms", members: ["alice", "bob"] },
    });
    check(conversation.members.length === 2, "the conversation");

    const content = require("fs").readFileSync(file);
    const upload = await media.openUpload({ openUploadRequest: { contentType: "audio/ogg", size: content.length } });
    const written = await fetch(upload.url, { method: "PUT", body: content, headers: upload.headers });
    check(written.ok, "the upload");
    const medium = await media.addMedium({ addMediumRequest: { upload: upload.id } as never });
    check(medium.kind === "audio" && medium.fileSize === content.length, "the medium");
    check((await media.medium({ id: medium.id })).sha256 === medium.sha256, "the medium again");
    await media.deleteMedium({ id: medium.id });
    try {
        await media.medium({ id: medium.id });
        throw new Error("the medium is still there");
    } catch (error) {
        if (!(error instanceof ResponseError)) throw error;
        check((await error.response.json()).code === "not_found", "the code of the error");
    }

    const webhook = await webhooks.createWebhook({ createWebhookRequest: { url: "http://127.0.0.1:9/hook" } });
    check(webhook.secret.startsWith("whsec_"), "the secret");
    const changed = await webhooks.changeWebhook({
        id: webhook.id, changeWebhookRequest: { description: "changed" },
    });
    check(changed.description === "changed", "the webhook");
    await webhooks.deleteWebhook({ id: webhook.id });
    const job = await jobs.openJob({ openJobRequest: { type: "reprocess" }, idempotencyKey: "once" });
    check((await jobs.job({ id: job.id })).id === job.id, "the job");
}

drive(process.argv[2], process.argv[3], process.argv[4]).then(
    () => console.log("done"),
    (error) => { console.log(error); process.exit(1); });
