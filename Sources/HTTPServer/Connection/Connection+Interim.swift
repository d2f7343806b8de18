import Bytes

extension Connection {
    /// What sends interim responses to the request of an exchange; `nil` where its client understands none.
    func interimSender(of exchange: Exchange) -> (@Sendable (HTTPStatus, HTTPFields) -> Void)? {
        guard !exchange.head.isHTTP10 else { return nil }
        return { [weak self, weak bodyQueue = exchange.bodyQueue] status, fields in
            guard let self, let bodyQueue else { return }
            perform { $0.sendInterim(status, fields, of: bodyQueue) }
        }
    }

    /// Sends an interim response unless the response has begun.
    private func sendInterim(_ status: HTTPStatus, _ fields: HTTPFields, of bodyQueue: ByteQueue<ByteChunk>) {
        guard phase == .exchange, let exchange, exchange.bodyQueue === bodyQueue, exchange.state.response == .pending
        else { return }
        output.append(ByteChunk(ResponseHead.interim(status, fields)))
        flush()
        updateInterest()
    }
}

extension ResponseHead {
    /// The head of an interim response, which has no other fields than its own.
    static func interim(_ status: HTTPStatus, _ fields: HTTPFields) -> [UInt8] {
        var text = "HTTP/1.1 \(status.rawValue) \(status.reasonPhrase)\r\n"
        for (name, value) in fields where isWritable(name: name, value: value) { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}
