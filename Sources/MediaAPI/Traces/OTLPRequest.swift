import Crypto
import JSON
import Tracing

/// An `ExportTraceServiceRequest` of the OpenTelemetry protocol in its JSON encoding: as that of protocol buffers, but for IDs in hexadecimal
/// and enumerations as numbers (opentelemetry-proto, OTLP/HTTP, JSON Protobuf Encoding).
struct OTLPRequest: Sendable {
    /// `STATUS_CODE_ERROR`.
    private static let errorStatus = 2

    /// What the spans are of.
    private let resource: JSONValue
    private let scope: JSONValue

    init(version: String, instance: String = hexEncode(SecureRandom.bytes(8))) {
        resource = [
            "attributes": Self.attributes([
                "service.name": .text("darkroom"), "service.version": .text(version),
                "service.instance.id": .text(instance),
            ])
        ]
        scope = ["name": "darkroom", "version": .string(version)]
    }

    /// The request for `spans`.
    func body(_ spans: [SpanRecord]) -> [UInt8] {
        let value: JSONValue = [
            "resourceSpans": [
                [
                    "resource": resource,
                    "scopeSpans": [["scope": scope, "spans": .array(spans.map(Self.span))]],
                ]
            ]
        ]
        return value.encoded()
    }

    /// How many spans a collector has rejected, by its answer.
    static func rejected(_ response: [UInt8]) -> Int {
        // What is no JSON says nothing of rejected spans.
        guard let value = try? JSONValue(parsing: response), let partial = value["partialSuccess"],
            let count = partial["rejectedSpans"]
        else { return 0 }
        return max(0, count.integerValue ?? count.stringValue.flatMap { Int($0) } ?? 0)
    }

    private static func span(_ span: SpanRecord) -> JSONValue {
        var members: JSONObject = [
            "traceId": .string(span.context.trace), "spanId": .string(span.context.span), "name": .string(span.name),
            // Bit 0 says that the trace is sampled (W3C Trace Context).
            "flags": 1, "kind": .integer(span.kind.rawValue), "startTimeUnixNano": .string("\(span.start)"),
            "endTimeUnixNano": .string("\(span.start + span.duration)"), "attributes": attributes(span.attributes),
        ]
        members["parentSpanId"] = span.parent.map(JSONValue.string)
        if let error = span.error {
            members["status"] = ["code": .integer(errorStatus), "message": .string(error)]
        }
        return .object(members)
    }

    private static func attributes(_ attributes: [String: SpanRecord.Value]) -> JSONValue {
        .array(
            attributes.sorted { $0.key < $1.key }.map { name, value in
                let any: JSONValue =
                    switch value {
                    case .text(let text): ["stringValue": .string(text)]
                    case .integer(let number): ["intValue": .string("\(number)")]
                    }
                return ["key": .string(name), "value": any]
            })
    }
}
