"""Sends the head of a multipart upload and nothing of its body; prints the answer as {"status", "body"}.

usage: unsent_body.py URL TOKEN [--length BYTES]
"""

import argparse
import http.client
import json
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("token")
parser.add_argument("--length", type=int, default=1 << 20)
options = parser.parse_args()

url = urllib.parse.urlsplit(options.url)
connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
connection.putrequest("POST", url.path)
connection.putheader("Authorization", f"Bearer {options.token}")
connection.putheader("Content-Type", "multipart/form-data; boundary=xxxxxxxx")
connection.putheader("Content-Length", str(options.length))
connection.endheaders()
answer = connection.getresponse()
print(json.dumps({"status": answer.status, "body": json.loads(answer.read())}))
