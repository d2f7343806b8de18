"""Downloads all media of a service, and compares each with a file. Prints {"same": COUNT, "other": [ID, ...]}.

usage: all_media.py BASE SERVICE_TOKEN FILE
"""

import json
import sys

import requests

base, token, path = sys.argv[1:]
content = open(path, "rb").read()
headers = {"Authorization": f"Bearer {token}"}
same, other, after = 0, [], None
while True:
    page = requests.get(
        f"{base}/v1/media", headers=headers, params={"limit": 100} | ({"after": after} if after else {}), timeout=60)
    page.raise_for_status()
    page = page.json()
    for item in page["media"]:
        one = requests.get(f"{base}/v1/media/{item['id']}", headers=headers, timeout=60).json()
        read = requests.get(one["url"], timeout=60)
        thumbnail = requests.get(one["thumbnail"], timeout=60)
        if read.status_code == 200 and read.content == content and thumbnail.status_code == 200 and len(thumbnail.content) > 500:
            same += 1
        else:
            other.append(item["id"])
    after = page.get("moreAfter")
    if not after:
        break
print(json.dumps({"same": same, "other": other}))
