"""Compares an answer that curl got with the description of its API; what is not as described is reported as of every script's answers.

usage: curl_answer.py METHOD URL OUTPUT

OUTPUT is what `curl -i` printed: interim responses, the head and the body.
"""

import sys

import described_answers

method, url, output = sys.argv[1:]
head, _, body = output.replace("\r\n", "\n").partition("\n\n")
while 100 <= (status := int(head.split()[1])) < 200:
    head, _, body = body.partition("\n\n")
fields = dict(line.split(": ", 1) for line in head.split("\n")[1:] if ": " in line)
described_answers.compare(method, url, status, fields, body.encode())
