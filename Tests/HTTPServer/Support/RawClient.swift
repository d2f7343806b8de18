import Foundation
import HTTPServer

/// A client that sends exactly the bytes that it is given. Its blocking calls run on a separate thread.
final class RawClient: @unchecked Sendable {  // Sendable: `unread` is touched on `queue` alone.
    let descriptor: Int32
    private let queue = DispatchQueue(label: "raw-client")
    private var unread: [UInt8] = []

    struct Response: Sendable {
        var status: Int
        var head: String
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            head.components(separatedBy: "\r\n").dropFirst().first {
                $0.lowercased().hasPrefix(name.lowercased() + ":")
            }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    struct Ended: Error {}

    init(_ address: SocketAddress, receiveBuffer: Int32? = nil, from source: String? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        if let source {
            var own = Self.socketAddress(source, port: 0)
            let bound = withUnsafePointer(to: &own) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard bound == 0 else { throw Ended() }
        }
        var target = Self.socketAddress(address.host, port: address.port)
        let result = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Ended() }
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func socketAddress(_ host: String, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return address
    }

    deinit { Foundation.close(descriptor) }

    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Throws when the server has closed.
    func send(_ bytes: [UInt8]) async throws {
        try await run { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Ended() }
                sent += count
            }
        }
    }

    func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Resets the connection instead of ending it.
    func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        var target = sockaddr()
        target.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &target, socklen_t(MemoryLayout<sockaddr>.size))
    }

    private func more() throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Ended() }
        unread.append(contentsOf: buffer[..<count])
    }

    private func acquire(_ count: Int) throws -> [UInt8] {
        while unread.count < count { try more() }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }

    private func readUntil(_ end: String) throws -> String {
        let end = Array(end.utf8)
        var from = 0
        while true {
            if unread.count >= end.count {
                for start in from...(unread.count - end.count) where unread[start..<start + end.count] == end[...] {
                    return String(decoding: try acquire(start + end.count), as: UTF8.self)
                }
                from = unread.count - end.count + 1
            }
            try more()
        }
    }

    func receive(_ count: Int) async throws -> [UInt8] { try await run { try self.acquire(count) } }

    /// Receives `count` bytes and responds, repeatedly, on a separate thread, so that the server's measurements do not
    /// depend on how busy the tests are.
    func exchange(receiving count: Int, sending answer: [UInt8], times: Int) async throws -> [[UInt8]] {
        try await run { [self] in
            try (0..<times).map { _ in
                let bytes = try acquire(count)
                guard Foundation.send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else {
                    throw Ended()
                }
                return bytes
            }
        }
    }

    func receiveHead() async throws -> String { try await run { try self.readUntil("\r\n\r\n") } }

    /// Everything until the server's end. Throws when the server resets the connection instead of ending it.
    func receiveToEnd() async throws -> [UInt8] {
        try await run { [self] in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count == 0 { return unread }
                guard count > 0 else { throw Ended() }
                unread.append(contentsOf: buffer[..<count])
            }
        }
    }

    func receiveResponse(isHead: Bool = false) async throws -> Response {
        try await run { [self] in
            let head = try readUntil("\r\n\r\n")
            let status = Int(head.split(separator: " ")[1]) ?? 0
            var response = Response(status: status, head: head, body: [])
            if isHead || status < 200 || status == 204 || status == 304 { return response }
            if let length = response.header("Content-Length").flatMap({ Int($0) }) {
                response.body = try acquire(length)
            } else if response.header("Transfer-Encoding") == "chunked" {
                while true {
                    let size = Int(try readUntil("\r\n").dropLast(), radix: 16) ?? 0
                    response.body += try acquire(size)
                    _ = try acquire(2)
                    if size == 0 { break }
                }
            }
            return response
        }
    }

    func get(_ target: String, headers: String = "") async throws -> Response {
        try await send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
        return try await receiveResponse()
    }
}
