import Bytes
import CWslay
import Glibc

/// Parses and writes one WebSocket's frames with wslay: bytes in, messages out; messages in, bytes out. Does no I/O. Used
/// only on its connection's loop.
final class WebSocketSession {
    /// The client's messages, for the handler.
    let inbox: ByteQueue<WebSocketMessage>
    /// The handler has enough to read for now.
    var isPaused = false
    /// When the last bytes arrived from the client, in the loop's milliseconds.
    var lastReceived: UInt64
    /// When it was last pinged.
    var lastPing: UInt64 = 0
    /// When our close was sent.
    var closeSentAt: UInt64?

    private var context: wslay_event_context_ptr?
    private var incoming: IncomingMessage
    /// The bytes that are being parsed.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What is to be sent, and how much of it one turn may make.
    private var produced: [UInt8] = []
    private var productionLimit = 0

    /// Messages, pongs and the like that may wait to be sent before no more is read.
    private static let maximumQueued = 64

    init(maximumMessageSize: Int, now: UInt64) {
        inbox = ByteQueue(capacity: max(64 << 10, min(maximumMessageSize, 1 << 20)))
        incoming = IncomingMessage(maximumBytes: max(0, maximumMessageSize))
        lastReceived = now
        var callbacks = wslay_event_callbacks()
        callbacks.recv_callback = { context, buffer, length, _, data in
            WebSocketSession.of(data).take(into: buffer, length, context)
        }
        callbacks.send_callback = { context, bytes, length, _, data in
            WebSocketSession.of(data).produce(bytes, length, context)
        }
        callbacks.on_frame_recv_start_callback = { context, argument, data in
            if let argument { WebSocketSession.of(data).frameBegins(argument.pointee, context) }
        }
        callbacks.on_frame_recv_chunk_callback = { _, argument, data in
            guard let chunk = argument?.pointee, chunk.data_length > 0 else { return }
            WebSocketSession.of(data).incoming.append(UnsafeBufferPointer(start: chunk.data, count: chunk.data_length))
        }
        callbacks.on_msg_recv_callback = { _, argument, data in
            if let argument { WebSocketSession.of(data).received(argument.pointee) }
        }
        let address = Unmanaged.passUnretained(self).toOpaque()
        guard wslay_event_context_server_init(&context, &callbacks, address) == 0 else {
            preconditionFailure("there is no memory for a WebSocket")
        }
        // wslay would keep a record for each frame of a message that is not whole yet.
        wslay_event_config_set_no_buffering(context, 1)
        allowMessages(upTo: maximumMessageSize)
    }

    /// Accepts messages of up to `bytes` from now on.
    func allowMessages(upTo bytes: Int) {
        incoming.maximumBytes = max(0, bytes)
        // Control frames have a length, too.
        wslay_event_config_set_max_recv_msg_length(context, UInt64(max(125, bytes)))
    }

    deinit { wslay_event_context_free(context) }

    /// Whether more frames may come: the handler keeps up, and so does the client with what is sent to it.
    var wantsToRead: Bool {
        !isPaused && wslay_event_get_read_enabled(context) != 0
            && wslay_event_get_queued_msg_count(context) < Self.maximumQueued
    }

    /// Bytes of messages that wait to be framed.
    var queuedBytes: Int { wslay_event_get_queued_msg_length(context) }

    /// Parses bytes from the client. Returns `false` when the connection cannot be used any more.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        input = bytes
        defer { input = UnsafeRawBufferPointer(start: nil, count: 0) }
        return wslay_event_recv(context) == 0
    }

    /// The next bytes for the client, about `limit` of them at most.
    func output(limit: Int) -> ByteChunk? {
        guard limit > 0, wslay_event_want_write(context) != 0 else { return nil }
        productionLimit = limit
        _ = wslay_event_send(context)
        defer { produced = [] }
        return produced.isEmpty ? nil : ByteChunk(produced)
    }

    /// Queues a message. Returns `false` when the socket is closing.
    func queue(_ message: WebSocketMessage) -> Bool {
        switch message {
        case .text(let text): queue(WSLAY_TEXT_FRAME, Array(text.utf8))
        case .binary(let bytes): queue(WSLAY_BINARY_FRAME, bytes)
        }
    }

    func queuePing() { _ = queue(WSLAY_PING, []) }

    private func queue(_ opcode: wslay_opcode, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var message = wslay_event_msg(
                opcode: UInt8(opcode.rawValue), msg: bytes.baseAddress, msg_length: bytes.count)
            return wslay_event_queue_msg(context, &message) == 0
        }
    }

    /// Queues a close after what is queued.
    func queueClose(_ code: WebSocketCloseCode, reason: String) {
        var bytes = Array(reason.utf8.prefix(123))
        while !bytes.isEmpty && String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        _ = wslay_event_queue_close(context, code.rawValue, bytes, bytes.count)
    }

    /// Our close has been framed.
    var isCloseSent: Bool { wslay_event_get_close_sent(context) != 0 }

    /// No more is read: the client has closed, or violated the protocol.
    var isReadingOver: Bool {
        wslay_event_get_close_received(context) != 0 || wslay_event_get_read_enabled(context) == 0
    }

    /// The code the client closed with.
    var receivedCode: WebSocketCloseCode {
        WebSocketCloseCode(rawValue: wslay_event_get_status_code_received(context))
    }

    /// A close with 1002.
    static let protocolErrorFrame: [UInt8] = [0x88, 0x02, 0x03, 0xea]

    // MARK: Callbacks of wslay

    private static func of(_ data: UnsafeMutableRawPointer?) -> WebSocketSession {
        guard let data else { preconditionFailure("wslay lost its data pointer") }
        return Unmanaged<WebSocketSession>.fromOpaque(data).takeUnretainedValue()
    }

    private func take(
        into buffer: UnsafeMutablePointer<UInt8>?, _ length: Int, _ context: wslay_event_context_ptr?
    ) -> Int {
        let count = min(length, input.count)
        guard count > 0, let buffer, let base = input.baseAddress else {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue)
            return -1
        }
        memcpy(buffer, base, count)
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    private func produce(
        _ bytes: UnsafePointer<UInt8>?, _ length: Int, _ context: wslay_event_context_ptr?
    ) -> Int {
        guard produced.count < productionLimit else {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue)
            return -1
        }
        produced.append(contentsOf: UnsafeBufferPointer(start: bytes, count: length))
        return length
    }

    private func frameBegins(_ frame: wslay_event_on_frame_recv_start_arg, _ context: wslay_event_context_ptr?) {
        // RFC 6455 section 5.2: control frames have the highest bit of the opcode.
        let isControl = frame.opcode & 0x8 != 0
        guard let violation = incoming.frameBegins(isControl: isControl, length: frame.payload_length) else { return }
        let code: WebSocketCloseCode = violation == .tooLong ? .messageTooBig : .policyViolation
        _ = wslay_event_queue_close(context, code.rawValue, nil, 0)
        wslay_event_shutdown_read(context)
    }

    private func received(_ message: wslay_event_on_msg_recv_arg) {
        let isText = UInt32(message.opcode) == WSLAY_TEXT_FRAME.rawValue
        guard isText || UInt32(message.opcode) == WSLAY_BINARY_FRAME.rawValue else { return }
        let bytes = incoming.take()
        // wslay has checked that it is UTF-8.
        let element: WebSocketMessage = isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes)
        // An empty message costs something too.
        if inbox.push(element, weight: bytes.count + 64) { isPaused = true }
    }
}
