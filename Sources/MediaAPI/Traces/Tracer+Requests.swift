import HTTPServer
import Tracing

extension Tracer {
    /// Paths that programs ask all the time to watch the service.
    private static let watchingPaths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    /// Begins the span of a request, in the trace of its caller if it names one (`traceparent`); `nil` where it is not recorded.
    func begin(_ request: HTTPRequest) -> Span? {
        let caller = request.headers["traceparent"].flatMap(TraceContext.init(traceparent:))
        guard caller != nil || !Self.watchingPaths.contains(request.path) else { return nil }
        return begin(
            request.method.rawValue, .server, after: caller, ["http.request.method": .text(request.method.rawValue)])
    }
}

extension Span {
    /// Ends the span of a request, named as the semantic conventions of OpenTelemetry for HTTP name it.
    func end(_ request: HTTPRequest, route: String?, _ status: HTTPStatus, _ code: APIError.Code?) {
        if let route {
            rename("\(request.method.rawValue) \(route)")
            set("http.route", .text(route))
        }
        set("http.response.status_code", .integer(status.rawValue))
        if let length = request.body.declaredLength { set("http.request.body.size", .integer(length)) }
        if let code { set("error.type", .text(code.rawValue)) }
        end(error: status.rawValue >= 500 ? code?.rawValue ?? "\(status.rawValue)" : nil)
    }
}
