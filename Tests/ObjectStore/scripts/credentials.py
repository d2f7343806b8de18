"""The endpoints that give temporary credentials: AWS's Security Token Service (AssumeRoleWithWebIdentity), the endpoint of a container
and the instance metadata service (version 2).

    credentials.py serve ACCESS SECRET     prints {"endpoint"}; its first answer has an access key that no store knows
    credentials.py botocore ENDPOINT FOLDER    what botocore takes from the three, as an independent client

The first answer of `serve` is for `/outdated` in front of the path alone. A line on its standard input makes it print how many
credentials it gave. It ends when its standard input is closed."""

import datetime
import http.server
import json
import os
import pathlib
import sys
import threading
import urllib.parse

ROLE = "arn:aws:iam::123456789012:role/media"
IDENTITY = "identity-token-of-a-service-account"
AUTHORIZATION = "token-of-a-container"
SESSION = "session-token-of-an-instance"


class Endpoint(http.server.BaseHTTPRequestHandler):
    given = 0
    keys = ("", "")

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def credentials(self):
        access, secret = Endpoint.keys
        if self.path.startswith("/outdated") and Endpoint.given == 0:
            access = "AKOUTDATED0000000000"
        Endpoint.given += 1
        # Long enough that nothing renews them before a store rejects them.
        expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        return access, secret, expiry.strftime("%Y-%m-%dT%H:%M:%SZ")

    def document(self):
        access, secret, expiry = self.credentials()
        keys = {"AccessKeyId": access, "SecretAccessKey": secret, "Token": "temporary", "Expiration": expiry}
        self.answer(200, json.dumps({"Code": "Success", "Type": "AWS-HMAC"} | keys))

    def do_PUT(self):
        if not self.path.endswith("/latest/api/token") or not self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
            return self.answer(400, "")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(200, SESSION, "text/plain")

    def do_GET(self):
        path = self.path.removeprefix("/outdated")
        if path == "/container":
            return self.document() if self.headers.get("Authorization") == AUTHORIZATION else self.answer(401, "")
        if self.headers.get("X-aws-ec2-metadata-token") != SESSION:
            return self.answer(401, "")
        match path.removeprefix("/latest/meta-data/iam/security-credentials/"):
            case "":
                self.answer(200, "media-role", "text/plain")
            case "media-role":
                self.document()
            case _:
                self.answer(404, "")

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        wanted = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLE, "WebIdentityToken": IDENTITY}
        if any(form.get(name) != value for name, value in wanted.items()) or not form.get("RoleSessionName"):
            error = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>"
            return self.answer(400, error, "text/xml")
        access, secret, expiry = self.credentials()
        self.answer(
            200,
            '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            "<AssumeRoleWithWebIdentityResult><Credentials>"
            f"<AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
            f"<SessionToken>temporary</SessionToken><Expiration>{expiry}</Expiration>"
            f"</Credentials><AssumedRoleUser><Arn>{ROLE}</Arn><AssumedRoleId>AROA:{form['RoleSessionName']}</AssumedRoleId>"
            "</AssumedRoleUser></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
            "text/xml",
        )


def serve(access, secret):
    Endpoint.keys = (access, secret)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"endpoint": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"given": Endpoint.given}), flush=True)


def botocore(endpoint, folder):
    import botocore.session

    token = pathlib.Path(folder) / "identity"
    token.write_text(IDENTITY)
    common = {"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    ways = {
        "webIdentity": {
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
            "AWS_ROLE_ARN": ROLE,
            "AWS_ENDPOINT_URL_STS": endpoint,
        },
        "container": {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint}/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": AUTHORIZATION,
        },
        "instance": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint},
    }
    taken = {}
    for way, variables in ways.items():
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(common | variables)
        keys = botocore.session.Session().get_credentials()
        taken[way] = [keys.method] + list(keys.get_frozen_credentials())[:3] if keys else []
    print(json.dumps(taken), flush=True)


match sys.argv[1:]:
    case ["serve", access, secret]:
        serve(access, secret)
    case ["botocore", endpoint, folder]:
        botocore(endpoint, folder)
    case _:
        sys.exit(__doc__)
