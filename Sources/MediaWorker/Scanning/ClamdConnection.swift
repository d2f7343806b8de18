import Bytes
import CLinux
import Glibc

/// A connection to clamd for one stream, on the thread of ``ClamdLoop`` alone.
struct ClamdConnection {
    /// After this time without bytes clamd is sent one of those that are kept back.
    private static let idleTime = Duration.seconds(2)
    /// When a full queue of connections is tried again.
    private static let retryDelay = Duration.milliseconds(20)

    let stream: ClamdStream
    private var socket: OwnedDescriptor?
    private var isConnected = false
    private var retryAt = ContinuousClock.Instant.now
    /// When clamd is sent a byte of those that are kept back.
    private var idleAt = ContinuousClock.Instant.now + Self.idleTime
    /// What is being sent: the command, the length of a chunk or its bytes.
    private var output: ByteChunk
    /// How many bytes of the file `output` has.
    private var payload = 0
    private var pending: ByteChunk?
    private var hasSentEnd: Bool
    private var reply: [UInt8] = []

    init(_ stream: ClamdStream) {
        self.stream = stream
        output = ByteChunk(stream.command)
        hasSentEnd = !stream.hasBody
    }

    /// The descriptor to wait for, and the events; `nil` while there is none.
    var interest: pollfd? {
        guard let socket else { return nil }
        let events = POLLIN | (isConnected && output.isEmpty ? 0 : POLLOUT)
        return pollfd(fd: socket.rawValue, events: Int16(events), revents: 0)
    }

    /// When the connection has to be looked at, whatever happens.
    var deadline: ContinuousClock.Instant? {
        var own: ContinuousClock.Instant?
        if socket == nil {
            own = stream.address == nil ? nil : retryAt
        } else if isConnected, !hasSentEnd, output.isEmpty {
            own = idleAt
        }
        return [own, stream.deadline].compactMap { $0 }.min()
    }

    /// Does what can be done now. Returns whether the connection is needed any longer.
    mutating func advance(_ events: Int16, at now: ContinuousClock.Instant) -> Bool {
        if let deadline = stream.deadline, now >= deadline { stream.expire() }
        guard !stream.isSettled else { return false }
        if socket == nil, now >= retryAt, let address = stream.address { connect(to: address, at: now) }
        if !isConnected, events != 0 { finishConnecting() }
        if isConnected {
            send(at: now)
            if events != 0 { receive() }
        }
        return !stream.isSettled
    }

    private mutating func connect(to address: ClamdAddress.Resolved, at now: ContinuousClock.Instant) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Glibc.socket(address.family, type, 0)
        guard descriptor >= 0 else { return fail("socket", errno) }
        let socket = OwnedDescriptor(owning: descriptor)
        guard darkroom_is_among_last_descriptors(descriptor, 0) == 0 else { return fail("socket", EMFILE) }
        let status = address.bytes.withUnsafeBytes {
            Glibc.connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        let number = status == 0 ? 0 : errno
        switch number {
        case 0: (self.socket, isConnected) = (socket, true)
        case EINPROGRESS: self.socket = socket
        // The queue of a Unix socket is full.
        case EAGAIN, EINTR: retryAt = now + Self.retryDelay
        default: fail("connect", number)
        }
    }

    private mutating func finishConnecting() {
        guard let socket else { return }
        var (number, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        getsockopt(socket.rawValue, SOL_SOCKET, SO_ERROR, &number, &size)
        if number == 0 { isConnected = true } else { fail("connect", number) }
    }

    private mutating func send(at now: ContinuousClock.Instant) {
        guard let socket else { return }
        while !output.isEmpty || prepareOutput(at: now) {
            let sent = output.withUnsafeBytes { darkroom_send(socket.rawValue, $0.baseAddress, $0.count, -1, 0) }
            guard sent > 0 else {
                // What clamd said before it closed the connection is still read.
                if sent != -Int(EAGAIN) && sent != -Int(EINTR) { receive(orFail: Int32(-sent)) }
                return
            }
            output = output[sent..<output.count]
            idleAt = now + Self.idleTime
            if payload > 0 {
                payload -= sent
                stream.sent(sent)
            }
        }
    }

    /// Prepares the next bytes to send. Returns whether there are any.
    private mutating func prepareOutput(at now: ContinuousClock.Instant) -> Bool {
        if let pending {
            (output, payload, self.pending) = (pending, pending.count, nil)
            return true
        }
        guard !hasSentEnd else { return false }
        let isIdle = now >= idleAt
        if isIdle { idleAt = now + Self.idleTime }
        if let chunk = stream.next(isIdle: isIdle) {
            output = Self.length(chunk.count)
            pending = chunk
            return true
        }
        guard stream.isDrained else { return false }
        (output, hasSentEnd) = (Self.length(0), true)
        return true
    }

    private static func length(_ count: Int) -> ByteChunk {
        ByteChunk(withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) })
    }

    /// Reads the answer as far as it has come.
    /// - Parameter orFail: the error of the connection, if it has one.
    private mutating func receive(orFail number: Int32 = 0) {
        guard let socket else { return }
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                darkroom_receive(socket.rawValue, $0.baseAddress, $0.count, nil, 0)
            }
            guard count > 0 else {
                if count == 0 { return end(number) }
                if count != -Int(EAGAIN) && count != -Int(EINTR) { return end(Int32(-count)) }
                return number == 0 ? () : end(number)
            }
            reply += buffer[..<count]
            if let zero = reply.firstIndex(of: 0) {
                let isWhole = hasSentEnd && output.isEmpty
                return stream.settle(ClamdReply.result(Array(reply[..<zero]), isWhole: isWhole))
            }
            if reply.count > ClamdReply.maximumBytes { return stream.settle(.unavailable("the answer is too long")) }
        }
    }

    private func end(_ number: Int32) {
        if number != 0 { return fail("connection", number) }
        stream.settle(.unavailable("clamd closed the connection without an answer"))
    }

    private func fail(_ call: String, _ number: Int32) {
        stream.settle(.unavailable("\(call): \(String(cString: strerror(number)))"))
    }
}
