"""A receiver of OpenTelemetry traces over OTLP/HTTP in JSON, which reads them with the official classes of the protocol.

usage: otlp_receiver.py [ANSWER]

ANSWER is `accept` (the default), `hang` for no answer, or a status. Prints {"port": N}, then a line for each span that it accepts: {"trace",
"span", "parent", "name", "kind", "start", "end" (nanoseconds since 1970), "attributes", "resource", "error", "authorization"}; for a request that is no
valid ExportTraceServiceRequest {"invalid": why}. Ends when its standard input is closed.
"""

import base64
import http.server
import json
import os
import re
import sys
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

answer = sys.argv[1] if len(sys.argv) > 1 else "accept"
lock = threading.Lock()


def say(value):
    with lock:
        print(json.dumps(value), flush=True)


def with_base64(value):
    """IDs are hexadecimal in OTLP, and base64 in the JSON of protocol buffers."""
    if isinstance(value, list):
        return [with_base64(element) for element in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, member in value.items():
        if name in ("traceId", "spanId", "parentSpanId"):
            if not re.fullmatch("[0-9a-f]{32}" if name == "traceId" else "[0-9a-f]{16}", member):
                raise ValueError(f"{name} is {member}")
            member = base64.b64encode(bytes.fromhex(member)).decode()
        result[name] = with_base64(member)
    return result


def attributes(values):
    return {value.key: getattr(value.value, value.value.WhichOneof("value")) for value in values}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if answer == "hang":
            threading.Event().wait()
        status = 200 if answer == "accept" else int(answer)
        if status == 200:
            self.accept(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def accept(self, body):
        try:
            if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/json":
                raise ValueError(f"{self.path} {self.headers['Content-Type']}")
            request = json_format.ParseDict(with_base64(json.loads(body)), ExportTraceServiceRequest())
        except (ValueError, json_format.ParseError) as error:
            return say({"invalid": str(error)})
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    say({
                        "trace": span.trace_id.hex(), "span": span.span_id.hex(), "parent": span.parent_span_id.hex(),
                        "name": span.name, "kind": Span.SpanKind.Name(span.kind), "start": span.start_time_unix_nano,
                        "end": span.end_time_unix_nano, "attributes": attributes(span.attributes),
                        "resource": attributes(resource.resource.attributes),
                        "error": span.status.message if span.status.code == Status.STATUS_CODE_ERROR else None,
                        "authorization": self.headers["Authorization"],
                    })


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
say({"port": server.server_address[1]})
sys.stdin.read()
os._exit(0)
