"""Generates a client from a description with openapi-generator, and drives it.

usage: generated_clients.py python|typescript BASE TOKEN FILE

The flow: a user and a conversation are provisioned; a file is uploaded directly and becomes a medium, which is read and deleted; a
webhook is added, changed and deleted; a job is started; what is missing is an error with its code. Prints `done` at its end.
"""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile

import requests

LANGUAGE, BASE, TOKEN, FILE = sys.argv[1:5]
FOLDER = os.path.dirname(os.path.abspath(__file__))


def run(*command, **more):
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if ended.returncode:
        sys.exit(f"{command[0]}: {ended.stdout[-8000:]}")
    return ended.stdout


def generate(folder, generator, *options):
    path = os.path.join(folder, "openapi.json")
    with open(path, "wb") as file:
        file.write(requests.get(BASE + "/openapi.json", timeout=30).content)
    run(
        os.path.join(os.path.dirname(sys.executable), "openapi-generator-cli"), "generate", "-i", path, "-g", generator,
        "-o", os.path.join(folder, "client"), *options)


def drive_python(folder):
    generate(folder, "python", "--package-name", "darkroom_client")
    sys.path.insert(0, os.path.join(folder, "client"))
    client = importlib.import_module("darkroom_client")
    with client.ApiClient(client.Configuration(host=BASE, access_token=TOKEN)) as connection:
        directory, media = client.DirectoryApi(connection), client.MediaApi(connection)
        webhooks, jobs = client.WebhooksApi(connection), client.JobsApi(connection)
        user = directory.put_user("alice", client.PutUserRequest(name="Alice", images=["https://example.org/a.png"]))
        assert (user.id, user.name, user.user_type) == ("alice", "Alice", "regular")
        conversation = directory.put_conversation(
            "c1", client.PutConversationRequest(dialect="rooms", members=["alice", "bob"], name="Two"))
        assert conversation.members == ["alice", "bob"]
        with open(FILE, "rb") as file:
            content = file.read()
        upload = media.open_upload(client.OpenUploadRequest(contentType="audio/ogg", size=len(content), name="voice.ogg"))
        requests.put(upload.url, data=content, headers=upload.headers, timeout=60).raise_for_status()
        medium = media.add_medium(client.AddMediumRequest(client.AddMediumRequestAnyOf(upload=upload.id)))
        assert medium.kind == "audio" and medium.file_size == len(content) and len(medium.waveform) == 64
        assert media.medium(medium.id).sha256 == medium.sha256
        media.delete_medium(medium.id)
        try:
            media.medium(medium.id)
            sys.exit("the medium is still there")
        except client.exceptions.NotFoundException as error:
            assert client.Problem.from_json(error.body).code == "not_found"
        webhook = webhooks.create_webhook(client.CreateWebhookRequest(url="http://127.0.0.1:9/hook"))
        assert webhook.secret.startswith("whsec_")
        changed = webhooks.change_webhook(webhook.id, client.ChangeWebhookRequest(description="changed"))
        assert changed.description == "changed" and webhooks.webhooks().webhooks[0].id == webhook.id
        webhooks.delete_webhook(webhook.id)
        job = jobs.open_job(client.OpenJobRequest(type="reprocess"), idempotency_key="once")
        assert jobs.job(job.id).id == job.id and jobs.jobs(limit=1).jobs[0].id == job.id


def drive_typescript(folder):
    generate(folder, "typescript-fetch", "--global-property", "skipFormModel=false")
    shutil.copy(os.path.join(FOLDER, "generated_typescript.ts"), folder)
    run(
        "tsc", "--strictNullChecks", "--target", "es2020", "--module", "commonjs", "--lib", "es2020,dom", "--skipLibCheck",
        "--typeRoots", os.path.join(folder, "none"), "--outDir", os.path.join(folder, "out"), os.path.join(folder, "generated_typescript.ts"))
    print(run("node", os.path.join(folder, "out", "generated_typescript.js"), BASE, TOKEN, FILE))


with tempfile.TemporaryDirectory() as place:
    {"python": drive_python, "typescript": drive_typescript}[LANGUAGE](place)
print("done")
