internal import CCurl

/// Owns libcurl's multi handle: the connections and the transfers on them.
// Sendable: `wakeUp` may be called by any thread (curl_multi_wakeup); everything else is called on the loop's thread alone.
final class MultiHandle: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer

    /// libcurl must be initialised once before its first use.
    private static let isReady = curl_global_init(darkroom_curl_global_default) == CURLE_OK

    init(_ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        guard Self.isReady, let pointer = curl_multi_init() else {
            throw HTTPClientError(.other, "libcurl could not be started.")
        }
        self.pointer = pointer
        darkroom_curl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
        darkroom_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, configuration.keptConnections)
    }

    deinit { curl_multi_cleanup(pointer) }

    func wakeUp() { curl_multi_wakeup(pointer) }

    func add(_ easy: EasyHandle) -> Bool { curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK }

    func remove(_ easy: EasyHandle) { curl_multi_remove_handle(pointer, easy.pointer) }

    /// Sends and receives what is possible at once, and hands the transfers that have ended to `ended`.
    func perform(_ ended: (_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> Void) {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            // The message is invalid after the handle's removal.
            ended(easy, darkroom_curl_message_result(message))
        }
    }

    /// Returns when something can be done, when another thread has called ``wakeUp()``, or after that time.
    func wait(milliseconds: Int) { curl_multi_poll(pointer, nil, 0, Int32(milliseconds), nil) }
}
