"""Sends videos and deletes some of them again, until a file exists.

usage: upload_and_delete.py BASE SERVICE_TOKEN FILE STOP
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import requests

base, token, path, stop = sys.argv[1:]
content = open(path, "rb").read()
headers = {"Authorization": f"Bearer {token}"}


def run(worker):
    number = 0
    with requests.Session() as session:
        while not os.path.exists(stop):
            number += 1
            answer = session.post(
                f"{base}/v1/media", headers=headers, files={"file": ("clip.mp4", content, "video/mp4")}, timeout=120)
            answer.raise_for_status()
            if number % 3:
                deleted = session.delete(f"{base}/v1/media/{answer.json()['id']}", headers=headers, timeout=120)
                deleted.raise_for_status()


with ThreadPoolExecutor(3) as pool:
    for ended in [pool.submit(run, worker) for worker in range(3)]:
        ended.result()
