package import Configuration
import HTTPClient
package import Logging
package import Metrics
import Tracing

extension Setting {
    static let tracesEndpoint = Setting(
        "DARKROOM_OTLP_ENDPOINT", "URL", default: "none: nothing is traced",
        "the OpenTelemetry collector that traces are sent to, by OTLP over HTTP as JSON, at /v1/traces below this URL",
        details: """
            Such as `http://127.0.0.1:4318`. See [operations.md](operations.md#traces). The variables of OpenTelemetry's own libraries (`OTEL_…`) are not read.
            """)
    static let tracesHeaders = Setting(
        "DARKROOM_OTLP_HEADERS", "LIST", default: "none",
        "header fields of these requests: `Authorization=Bearer abc,X-Tenant=chat`")
    static let traceRatio = Setting(
        "DARKROOM_TRACE_RATIO", "NUMBER", default: "1",
        "the share of requests that are traced (0 to 1); a request with a traceparent says itself whether it is")
}

extension SettingGroup {
    /// The settings of traces.
    package static let traces = SettingGroup("Traces", [.tracesEndpoint, .tracesHeaders, .traceRatio])
}

/// Where traces are sent, and which.
public struct TraceSettings: Sendable {
    private let url: String
    private let headers: [(name: String, value: String)]
    private let ratio: Double

    /// The traces in the settings; `nil` where there are none.
    /// - Throws: `SettingError` when a setting is not valid.
    package init?(_ reader: SettingsReader) throws(SettingError) {
        let ratio = reader.text(.traceRatio) ?? "1"
        guard let number = Double(ratio), (0...1).contains(number) else {
            throw SettingError(.traceRatio, "'\(ratio)' is not a number from 0 to 1")
        }
        self.ratio = number
        headers = try (reader.list(.tracesHeaders) ?? []).map { (element) throws(SettingError) in
            let parts = element.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.allSatisfy(\.isFieldNameByte), parts[1].utf8.allSatisfy({ $0 >= 32 })
            else { throw SettingError(.tracesHeaders, "is not of the form NAME=VALUE,…") }
            return (String(parts[0]), String(parts[1]))
        }
        guard let url = reader.text(.tracesEndpoint) else { return nil }
        guard WebURL.isValid(url) else {
            throw SettingError(.tracesEndpoint, "'\(url)' is not of the form http://127.0.0.1:4318")
        }
        self.url = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/v1/traces"
    }

    /// The tracer of the settings, and what sends its spans.
    /// - Throws: `HTTPClientError` when the HTTP client cannot be started.
    package func exporter(version: String, metrics: MetricsRegistry, logger: Logger) throws -> TraceExporter {
        let client = try HTTPClient(HTTPClientConfiguration(connectionsPerHost: 1, keptConnections: 1))
        return TraceExporter(
            Tracer(ratio: ratio), request: OTLPRequest(version: version), client: client, url: url, headers: headers,
            metrics: metrics, logger: logger)
    }
}

extension UInt8 {
    /// Whether it may be in the name of a header field: a letter, a digit or `-`.
    fileprivate var isFieldNameByte: Bool {
        self == UInt8(ascii: "-") || (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
    }
}
