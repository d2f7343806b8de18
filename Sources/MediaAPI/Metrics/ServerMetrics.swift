public import HTTPServer
public import Metrics
import Realtime

extension MetricFamily {
    /// The open connections of each chat system.
    init(sockets: [(dialect: String, server: any RealtimeServer)]) {
        self.init(
            "darkroom_sockets", .gauge, "Open connections of clients that receive events, by chat system.",
            sockets.map { MetricSample($0.server.connectionCount, "dialect", $0.dialect) })
    }
}

extension HTTPServerCounters {
    /// The metrics of the server's connections.
    public var metrics: [MetricFamily] {
        [
            MetricFamily("darkroom_http_connections", .gauge, "Connections open now.", connections),
            MetricFamily("darkroom_http_websockets", .gauge, "WebSockets open now.", webSockets),
            MetricFamily("darkroom_http_connections_accepted_total", .counter, "Connections accepted.", accepted),
            MetricFamily(
                "darkroom_http_connections_rejected_total", .counter,
                "Connections answered 503 because there were too many.", rejected),
            MetricFamily(
                "darkroom_http_connections_timed_out_total", .counter, "Connections closed by a deadline.", timedOut),
            MetricFamily(
                "darkroom_http_waiting_response_bytes", .gauge,
                "Bytes of responses that wait in memory for clients to read them.", waitingResponseBytes),
            MetricFamily(
                "darkroom_http_slow_readers_closed_total", .counter,
                "Connections closed because too much waited in memory and their clients read most slowly.", slowReaders),
            MetricFamily(
                "darkroom_http_malformed_requests_total", .counter, "Requests that were no valid HTTP.", malformed),
            MetricFamily(
                "darkroom_http_received_body_bytes_total", .counter, "Bytes of request bodies received.", bodyBytes),
            MetricFamily(
                "darkroom_http_sent_bytes_total", .counter, "Bytes sent, heads and frames included.", sentBytes),
        ]
    }
}
