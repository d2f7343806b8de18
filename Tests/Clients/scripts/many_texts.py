"""Sends COUNT text messages from TOKEN's user to bob; prints a JSON list of {"status", "body"}.

usage: many_texts.py BASE TOKEN COUNT
"""

import json
import sys

import requests

base, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = requests.Session()
session.headers["Authorization"] = f"Bearer {token}"
answers = []
for number in range(count):
    answer = session.post(f"{base}/bananatalk/api/v1/messages", json={"receiver": "bob", "message": str(number)})
    answers.append({"status": answer.status_code, "body": answer.json()})
print(json.dumps(answers))
