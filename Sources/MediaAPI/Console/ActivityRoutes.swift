import Bytes
import Foundation
import HTTPServer
import JSON

/// `GET /v1/activity`: what this node does, as server-sent events (HTML Standard, section 9.2). It requires a service token.
struct ActivityRoutes: Sendable {
    /// A comment is sent after this time without an entry, so that proxies do not end the response.
    private static let heartbeat = Duration.seconds(15)
    /// Those who watch longer connect again, with a token that is still valid.
    private static let longest = Duration.seconds(3600)

    let activity: ActivityFeed
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        routes.onService(.get, "/v1/activity", authenticator, .activity) { _, _, _ in try open() }
    }

    private func open() throws(APIError) -> HTTPResponse {
        guard let entries = activity.watch() else {
            throw APIError(
                code: .busy, message: "At most \(ActivityFeed.maximumWatchers) clients watch a node at a time")
        }
        let stream = ResponseStream { writer in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await write(entries, to: writer) }
                group.addTask { try? await Task.sleep(for: Self.longest) }
                await group.next()
                // A client that does not read holds the write.
                writer.abort()
                group.cancelAll()
            }
        }
        return HTTPResponse(
            headers: [
                "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no",
            ], body: .stream(stream))
    }

    /// Writes entries until the client has gone or the task is cancelled.
    private func write(_ entries: AsyncStream<ActivityFeed.Entry>, to writer: ResponseWriter) async {
        let texts = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(512))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await entry in entries {
                    texts.continuation.yield("id: \(entry.number)\ndata: \(entry.json.encodedText())\n\n")
                }
                texts.continuation.finish()
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.heartbeat)) != nil { texts.continuation.yield(": \n\n") }
            }
            group.addTask {
                do {
                    // So that the client has the response's head before anything happens.
                    try await writer.write(text: ": \n\n")
                    for await text in texts.stream { try await writer.write(text: text) }
                } catch {
                    // The client has gone.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
