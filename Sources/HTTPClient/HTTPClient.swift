internal import Concurrency

/// Requests over HTTP/1.1, with and without TLS: many at once on one thread, over connections that are kept open. It
/// follows no redirects, asks no proxy and keeps no cookies. Requests that are active when it is deallocated are
/// cancelled.
public final class HTTPClient: Sendable {
    private let loop: TransferLoop

    /// Starts the client's thread.
    /// - Throws: ``HTTPClientError/Code/other`` when libcurl cannot be started.
    public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) throws(HTTPClientError) {
        loop = try TransferLoop(configuration)
        loop.start()
    }

    deinit { loop.stop() }

    /// Sends `request` and collects the response, whatever its status. Cancelling the task aborts the transfer.
    /// - Parameter limit: the most bytes of the body.
    /// - Throws: ``HTTPClientError``: ``HTTPClientError/Code/tooLarge`` for a longer body,
    ///   ``HTTPClientError/Code/invalidRequest`` before anything is sent, otherwise the code of what failed.
    public func execute(
        _ request: HTTPClientRequest, limit: Int = 1 << 20
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        let collector = ResponseCollector(limit: limit)
        let transfer = try Transfer(request, sink: collector)
        let result = await withCancellableContinuation { continuation in
            collector.deliver(to: continuation)
            loop.start(transfer)
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }

    /// Sends `request` and returns when the head of the response has arrived, whatever its status; the body follows as it is
    /// read. Cancelling the task aborts the transfer, also while it waits for the body.
    /// - Throws: ``HTTPClientError``: ``HTTPClientError/Code/invalidRequest`` before anything is sent, otherwise the code of
    ///   what failed before the head was complete. A later failure is thrown by the body.
    public func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStream {
        let queue = BodyQueue(window: loop.configuration.responseWindow)
        let transfer = try Transfer(request, sink: queue)
        let delivery = BodyDelivery(queue, of: transfer, on: loop)
        let head = await withCancellableContinuation { continuation in
            queue.deliverHead(to: continuation)
            loop.start(transfer)
        } onCancel: {
            loop.cancel(transfer)
        }
        return HTTPClientStream(head: try head.get(), body: HTTPClientBody(delivery))
    }
}
