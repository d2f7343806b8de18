"""Sends every file of a folder to the native API and, as a user, to the dialect's route for videos.

Prints {NAME: {"media": [STATUS, CODE], "video": [STATUS, ERROR]}}, a line of JSON. What is taken is deleted again, and its
status is that of the deletion.

usage: hostile_uploads.py BASE SERVICE_TOKEN USER_TOKEN FOLDER
"""

import json
import pathlib
import sys

import requests

base, service, user, folder = sys.argv[1:]
session = requests.Session()


def send(path, file, token, field, **fields):
    with file.open("rb") as content:
        return session.post(
            base + path, headers={"Authorization": f"Bearer {token}"}, data=fields, files={field: content}, timeout=120
        )


def delete(path, token):
    return session.delete(base + path, headers={"Authorization": f"Bearer {token}"}, timeout=120).status_code


results = {}
for file in sorted(pathlib.Path(folder).iterdir()):
    media = send("/v1/media", file, service, "file")
    code = media.json().get("code")
    status = delete("/v1/media/" + media.json()["id"], service) if media.status_code == 201 else media.status_code
    video = send("/bananatalk/api/v1/messages/video", file, user, "video", receiver="bob")
    answer = video.json()
    seen = video.status_code
    if seen == 201:
        seen = delete(f"/bananatalk/api/v1/messages/{answer['data']['_id']}?forAll=true", user)
    results[file.name] = {"media": [status, code], "video": [seen, answer.get("error"), answer["success"]]}
print(json.dumps(results))
