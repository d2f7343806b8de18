"""Reads messages, their objects and their thumbnails; prints a JSON list of the three statuses of each.

usage: read_messages.py BASE TOKEN ID...
"""

import json
import sys

import requests

base, token, *ids = sys.argv[1:]
session = requests.Session()


def read(message):
    answer = session.get(f"{base}/bananatalk/api/v1/messages/{message}", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        return [answer.status_code]
    media = answer.json()["data"]["media"]
    return [200, session.get(media["url"]).status_code, session.get(media["thumbnail"]).status_code]


print(json.dumps([read(message) for message in ids]))
